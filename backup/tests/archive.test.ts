// An archive that is damaged, cut off, of another program or of another version is found before anything is done with it.
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { sha256, verifyArchive } from '../src/archive/read-archive.ts';
import { writeArchive, writeArchiveFile, type AddEntry } from '../src/archive/write-archive.ts';
import { BackupError } from '../src/errors.ts';
import { partName, type Manifest } from '../src/manifest.ts';

const SECRET = 'a secret of more than sixteen characters';
// Databases and scrypt take their time on a busy machine.
vi.setConfig({ testTimeout: 180_000 });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'todo-archive-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Parts that compress badly, so that the file has some chunks. */
const PARTS = Array.from({ length: 5 }, () => randomBytes(40_000));
const TABLE = { schema: 'todo', name: 'tasks' };

function manifestOf(changes: Partial<Manifest> = {}): Manifest {
  return {
    format: 1,
    version: '0.1.0',
    madeAt: '2026-11-30T04:00:00.000Z',
    postgresql: '18.0',
    schemas: [],
    definitions: [],
    tables: [
      {
        ...TABLE,
        columns: ['id'],
        rows: 5,
        parts: PARTS.map((part) => ({ bytes: part.length, sha256: sha256(part) })),
      },
    ],
    sequences: [],
    authSecretSha256: null,
    ...changes,
  };
}

interface Content {
  head?: unknown;
  parts?: readonly Buffer[];
  manifest?: Manifest | undefined;
  more?: [string, Buffer][];
}

async function addAll(add: AddEntry, content: Content): Promise<void> {
  await add('backup.json', json(content.head ?? { format: 1, version: '0.1.0' }));
  for (const [index, part] of (content.parts ?? PARTS).entries())
    await add(partName(TABLE, index), part);
  if (!('manifest' in content)) await add('manifest.json', json(manifestOf()));
  else if (content.manifest) await add('manifest.json', json(content.manifest));
  for (const [name, data] of content.more ?? []) await add(name, data);
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

let files = 0;
async function archive(secret?: string, content: Content = {}): Promise<string> {
  const file = join(folder, `${++files}.backup`);
  await writeArchiveFile(file, secret, (add) => addAll(add, content));
  return file;
}

async function changed(file: string, change: (bytes: Buffer) => Buffer): Promise<string> {
  const target = join(folder, `${++files}.changed`);
  await writeFile(target, change(Buffer.from(await readFile(file))));
  return target;
}

describe.each([
  ['plain', undefined],
  ['encrypted', SECRET],
])('%s', (_kind, secret) => {
  test('what was written is read', async () => {
    const file = await archive(secret);
    const { manifest, encrypted } = await verifyArchive(file, secret);
    expect(manifest).toEqual(manifestOf());
    expect(encrypted).toBe(secret !== undefined);
    const bytes = await readFile(file);
    expect(bytes.includes(PARTS[0]!.subarray(0, 64))).toBe(secret === undefined);
  });

  test('a file that was cut off anywhere is refused', async () => {
    const file = await archive(secret);
    const { length } = await readFile(file);
    const cuts = [0, 1, 23, 24, 100, 65_536, Math.floor(length / 2), length - 17, length - 1];
    for (const cut of cuts) {
      const cutOff = await changed(file, (bytes) => bytes.subarray(0, cut));
      await expect(verifyArchive(cutOff, secret), `at ${cut}`).rejects.toThrow(BackupError);
    }
  });

  test('a flipped bit anywhere is found', async () => {
    const file = await archive(secret);
    const { length } = await readFile(file);
    const places = [0, 10, 30, 90, 130, 160, 70_000, length - 20, length - 1];
    for (const place of [...places, Math.floor(length / 3), Math.floor(length / 2)]) {
      const flipped = await changed(file, (bytes) => {
        bytes[place]! ^= 4;
        return bytes;
      });
      await expect(verifyArchive(flipped, secret), `at ${place}`).rejects.toThrow(BackupError);
    }
  });
});

test('an archive without a manifest was cut off between two parts', async () => {
  const file = await archive(undefined, { manifest: undefined });
  await expect(verifyArchive(file, undefined)).rejects.toThrow(/cut off/);
});

test('a part that is missing, changed, moved or too many is found', async () => {
  const [a, b, ...rest] = PARTS;
  const contents: Content[] = [
    { parts: PARTS.slice(0, 4) },
    { parts: [b!, a!, ...rest] },
    { parts: [randomBytes(40_000), b!, ...rest] },
    { parts: [...PARTS, a!] },
    { more: [['data/todo.tasks/000006.copy', a!]] },
  ];
  for (const content of contents)
    await expect(verifyArchive(await archive(undefined, content), undefined)).rejects.toThrow(
      /damaged/,
    );
});

test('a newer version is named', async () => {
  const file = await archive(undefined, { head: { format: 2, version: '9.8.7' } });
  await expect(verifyArchive(file, undefined)).rejects.toThrow(/format 2.*9\.8\.7/);
});

test('a wrong key and a missing one are told from a damaged file', async () => {
  const file = await archive(SECRET);
  await expect(verifyArchive(file, `${SECRET}.`)).rejects.toThrow('The key does not fit');
  await expect(verifyArchive(file, undefined)).rejects.toThrow(/encrypted.*--key/);
});

test('chunks of an encrypted archive that change places are found', async () => {
  const file = await archive(SECRET);
  const swapped = await changed(file, (bytes) => {
    const start = bytes.indexOf('\n', 30) + 1 + 32;
    const size = 65_536 + 16;
    const [one, two] = [0, 1].map((n) =>
      Buffer.from(bytes.subarray(start + n * size, start + (n + 1) * size)),
    );
    two!.copy(bytes, start);
    one!.copy(bytes, start + size);
    return bytes;
  });
  await expect(verifyArchive(swapped, SECRET)).rejects.toThrow(/not authentic/);
});

test('other files are refused', async () => {
  for (const bytes of [Buffer.from('%PDF-1.7'), Buffer.from('PGDMP'), randomBytes(5_000)]) {
    const file = await changed(await archive(), () => bytes);
    await expect(verifyArchive(file, undefined)).rejects.toThrow(BackupError);
  }
  await expect(verifyArchive(join(folder, 'none'), undefined)).rejects.toThrow(/ENOENT/);
});

/** Takes so many bytes, then fails as a full disk does. */
function fullAfter(bytes: number): Writable {
  let taken = 0;
  return new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      taken += chunk.length;
      done(
        taken > bytes
          ? Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
          : null,
      );
    },
  });
}

test.each([
  [0, undefined],
  [100_000, undefined],
  [0, SECRET],
])('a disk that is full after %i bytes ends the backup with its own error', async (bytes, key) => {
  await expect(
    writeArchive(fullAfter(bytes), key, async (add) => {
      for (let n = 0; n < 200; n += 1) await add(partName(TABLE, n), randomBytes(100_000));
    }),
  ).rejects.toThrow('ENOSPC');
});

test('a backup that fails leaves no file', async () => {
  const file = join(folder, 'never');
  await expect(
    writeArchiveFile(file, undefined, async (add) => {
      await addAll(add, {});
      throw new Error('the database went away');
    }),
  ).rejects.toThrow('the database went away');
  expect((await readdir(folder)).filter((name) => name.startsWith('never'))).toEqual([]);
});
