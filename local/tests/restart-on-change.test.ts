// `npm run dev`: what a change of a source restarts, and what stays.
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ROOT } from '../src/data-folder.ts';
import { restartOnChange, sourcesOf } from '../src/restart-on-change.ts';
import { supervise, type Part } from '../src/supervisor.ts';

let folder: string;
let parts: Part[] = [];
let said: string[] = [];
let stopWatching: (() => Promise<void>) | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'todo-restart-'));
  parts = [];
  said = [];
});
afterEach(async () => {
  await stopWatching?.();
  await Promise.all(parts.map((part) => part.stop(true)));
  rmSync(folder, { recursive: true, force: true });
});

/** A service that writes what its source says into a file of its own. */
async function service(name: string): Promise<() => string> {
  mkdirSync(join(folder, name, 'src'), { recursive: true });
  write(name, 'first');
  const answer = join(folder, `${name}.answer`);
  const program = `import { answer } from ${JSON.stringify(join(folder, name, 'src/answer.ts'))};
    import { writeFileSync } from 'node:fs';
    writeFileSync(${JSON.stringify(answer)}, answer); setInterval(() => 0, 1000);`;
  writeFileSync(join(folder, `${name}.mjs`), program);
  const part = supervise(
    {
      name,
      command: process.execPath,
      args: [join(folder, `${name}.mjs`)],
      health: () => Promise.resolve(undefined),
    },
    { logs: join(folder, 'logs'), records: join(folder, 'run') },
    () => undefined,
  );
  parts.push(part);
  const read = (): string => readFileSync(answer, { encoding: 'utf8', flag: 'a+' });
  await expect.poll(read).toBe('first');
  return read;
}

function write(name: string, answer: string): void {
  const file = join(folder, name, 'src/answer.ts');
  writeFileSync(`${file}.new`, `export const answer: string = '${answer}';\n`);
  renameSync(`${file}.new`, file); // as editors save
}

async function watchAll(): Promise<void> {
  stopWatching = await restartOnChange(
    parts,
    (line) => said.push(line),
    (part) => (part === 'database' ? [] : [join(folder, part, 'src'), join(folder, 'shared')]),
  );
}

test('a service runs its new source, others stay as they are', async () => {
  mkdirSync(join(folder, 'shared'));
  const changed = await service('changed');
  await service('other');
  await service('database');
  const [, other, database] = parts.map((part) => part.pid());
  await watchAll();
  write('changed', 'second');
  await expect.poll(changed).toBe('second');
  write('changed', 'third');
  await expect.poll(changed).toBe('third');
  expect(parts[1]?.pid()).toBe(other);
  expect(parts[2]?.pid()).toBe(database);
  expect(said[0]).toMatch(/changed\/src\/answer\.ts.* changed: starting changed again$/);
});

test('a new file of a shared package restarts each service that runs on it, and no other', async () => {
  mkdirSync(join(folder, 'shared'));
  for (const name of ['one', 'two', 'database']) await service(name);
  const before = parts.map((part) => part.pid());
  await watchAll();
  mkdirSync(join(folder, 'shared/new'));
  writeFileSync(join(folder, 'shared/new/file.ts'), '');
  for (const at of [0, 1])
    await expect
      .poll(() => parts[at]?.pid())
      .toSatisfy((pid) => pid !== undefined && pid !== before[at]);
  expect(parts[2]?.pid()).toBe(before[2]);
});

test('what nobody imports restarts nothing', async () => {
  mkdirSync(join(folder, 'shared'));
  const changed = await service('changed');
  await watchAll();
  writeFileSync(join(folder, 'changed/src/.answer.ts.swp'), '');
  writeFileSync(join(folder, 'changed/src/notes.md'), '');
  write('changed', 'second');
  await expect.poll(changed).toBe('second');
  expect(said).toHaveLength(1);
  expect(said[0]).toContain('answer.ts');
});

test('the sources of a part are its own and those of the packages that it runs on', () => {
  const of = (part: string): string[] => sourcesOf(part).map((path) => relative(ROOT, path));
  expect(of('backend')).toEqual(
    expect.arrayContaining([
      'services/backend/src',
      'services/backend/migrations',
      ...['contracts', 'runtime', 'messaging'].map((name) => `packages/${name}/src`),
    ]),
  );
  expect(of('backend').filter((path) => /testing|local|services\/(?!backend)/.test(path))).toEqual(
    [],
  );
  expect(of('pubsub-audit')).toEqual([
    'services/pubsub-postgresql/src',
    'services/pubsub-postgresql/migrations',
    'services/pubsub-postgresql/sql',
  ]);
  expect(of('web')).toEqual(expect.arrayContaining(['web/server', 'packages/runtime/src']));
  expect(of('web')).not.toContain('web/src');
  for (const part of ['postgres', 'kafka', 'daprd-backend']) expect(of(part)).toEqual([]);
});
