// What a system keeps on disk: its data folder, and the sockets beside it.
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { dataLocation } from './parts/postgres-server.ts';

/** The repository's root. */
export const ROOT = resolve(import.meta.dirname, '..', '..');

export const DEFAULT_DATA_DIR = join(ROOT, '.local');

/** A path as its caller meant it: npm runs scripts in the root, and tells where it was called. */
export function fromCaller(path: string): string {
  return resolve(process.env['INIT_CWD'] ?? process.cwd(), path);
}

/** Sockets have paths of at most 104 bytes, so they don't go below the data folder. */
export function socketFolder(dataDir: string): string {
  const key = createHash('sha256').update(dataDir).digest('hex').slice(0, 8);
  const folder = join(tmpdir(), `todo-${key}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = lstatSync(folder);
  if (!found.isDirectory() || (process.getuid && found.uid !== process.getuid())) {
    throw new Error(
      `${folder} exists and was not created by this system. Remove it, or set TMPDIR to a short path.`,
    );
  }
  return folder;
}

/** Data without its secrets can't be opened: the server asks for the password, and web's keys are encrypted with one. */
export async function requireSecretsOfData(dataDir: string): Promise<void> {
  const file = join(dataDir, 'secrets.json');
  const { folder } = await dataLocation(join(dataDir, 'postgres'));
  if (existsSync(file) || !existsSync(join(folder, 'PG_VERSION'))) return;
  throw new Error(
    `${file} is missing, and the data in ${folder} cannot be opened without it. ` +
      'Restore it, or start with --reset to delete the data.',
  );
}

/** `--reset`: everything below the data folder but the lock and the web builds. An external database is not touched. */
export async function removeData(dataDir: string, say: (line: string) => void): Promise<void> {
  const { folder, moved } = await dataLocation(join(dataDir, 'postgres'));
  for (const name of [
    'postgres',
    'kafka',
    'dapr',
    'dev-auth',
    'secrets.json',
    'logs',
    'names.db',
  ]) {
    await rm(join(dataDir, name), { recursive: true, force: true });
  }
  if (moved) await rm(folder, { recursive: true, force: true });
  say(`removed the data in ${moved ? folder : dataDir}`);
}
