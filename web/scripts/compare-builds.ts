// Builds the web app twice from the same sources and compares the results file by file: they may differ in nothing but the
// keys that Next draws anew for each build. Run from anywhere: `npm run check:reproducible --workspace web`.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const web = path.join(import.meta.dirname, '..');

/** Ids of a build: fields of JSON that Next fills with random keys, wherever they stand (also in strings of JSON). */
const IDS =
  /(\\?"(?:previewModeId|previewModeSigningKey|previewModeEncryptionKey|encryptionKey|encryption\.key)\\?"\s*:\s*\\?")[^"\\]*/g;

const revision = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: web, encoding: 'utf8' }).trim();

function build(into: string): void {
  rmSync(path.join(web, '.next'), { recursive: true, force: true });
  execFileSync(process.execPath, ['../node_modules/next/dist/bin/next', 'build'], {
    cwd: web,
    env: {
      ...process.env,
      BUILD_ID: revision,
      NEXT_TELEMETRY_DISABLED: '1',
      NODE_ENV: 'production',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  for (const part of ['standalone', 'static']) {
    cpSync(path.join(web, '.next', part), path.join(into, part), {
      recursive: true,
      verbatimSymlinks: true,
    });
  }
}

/** Hash of each file, without the ids. */
function contents(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const bytes = readFileSync(file);
    const text = /\.(json|js)$/.test(entry.name)
      ? bytes.toString('utf8').replace(IDS, '$1')
      : bytes;
    found.set(path.relative(folder, file), createHash('sha256').update(text).digest('hex'));
  }
  return found;
}

const work = mkdtempSync(path.join(tmpdir(), 'todo-web-builds-'));
try {
  const [first, second] = ['first', 'second'].map((name) => {
    const folder = path.join(work, name);
    build(folder);
    return contents(folder);
  }) as [Map<string, string>, Map<string, string>];
  const names = new Set([...first.keys(), ...second.keys()]);
  const different = [...names].filter((name) => first.get(name) !== second.get(name)).sort();
  process.stdout.write(
    `${names.size} files of two builds of ${revision.slice(0, 12)}: ${different.length} differ\n`,
  );
  for (const name of different) process.stdout.write(`  ${name}\n`);
  if (different.length > 0) process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}
