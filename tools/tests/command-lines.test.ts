// Every command line of the root package.json: `--help` and `-h` explain it and begin nothing, and what it does not know is
// named, with exit code 78.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};
/** Programs of others, each with a help of its own. */
const FOREIGN = /^(vitest|tsc|eslint|prettier|knip|depcruise|npm run) /;
const ours = Object.entries(scripts).flatMap(([name, command]) => {
  const file = /^node (\S+)$/.exec(command)?.[1];
  return file === undefined ? [] : [{ name, file }];
});
/** As `npm run` starts it, but for a PATH without helm, kubectl and docker: help needs none of them. */
async function run(
  file: string,
  ...args: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [file, ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { HOME: process.env['HOME'], PATH: '/nowhere' },
    timeout: 55_000,
  });
  const [[code], stdout, stderr] = await Promise.all([
    once(child, 'close') as Promise<[number]>,
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code, stdout, stderr };
}

test('each script is one program of ours, or another one’s', () => {
  const others = Object.entries(scripts).filter(([name]) => !ours.some((one) => one.name === name));
  expect(others.filter(([, command]) => !FOREIGN.test(command))).toEqual([]);
  expect(ours.length).toBeGreaterThan(20);
});

describe.each(ours)('npm run $name', { timeout: 60_000 }, ({ name, file }) => {
  test.concurrent('explains itself with --help and -h', async () => {
    const [help, short] = await Promise.all([run(file, '--help'), run(file, '-h')]);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toMatch(new RegExp(`npm run (-s )?${name}\\b`));
    expect(short).toEqual(help);
  });

  test.concurrent('names an option that it does not know, and exits 78', async () => {
    const { code, stdout, stderr } = await run(file, '--no-such-option');
    expect({ code, stdout }).toEqual({ code: 78, stdout: '' });
    expect(stderr).toContain('--no-such-option');
  });
});
