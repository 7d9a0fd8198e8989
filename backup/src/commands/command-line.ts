// What both commands read and say.
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '@todo/local/data-folder';
import { checkSecret } from '../archive/encryption.ts';
import type { Manifest } from '../manifest.ts';

/** The key: the content of a file, or BACKUP_KEY, or none. @throws BackupError when it is too short; Error when there is no such file */
export async function readSecret(file: string | undefined): Promise<string | undefined> {
  const text = file === undefined ? process.env['BACKUP_KEY'] : await readFile(file, 'utf8');
  return text === undefined || (file === undefined && text === '') ? undefined : checkSecret(text);
}

/** This product's version, as in package.json. */
export function productVersion(): string {
  const text = readFileSync(join(ROOT, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** A database for people, without its password. */
export function databaseName(url: string): string {
  const { hostname, port, pathname } = new URL(url);
  return `the database ${pathname.slice(1)} at ${hostname}${port === '' ? '' : `:${port}`}`;
}

/** 1.5 MiB. */
export function size(bytes: number): string {
  const [value, unit] =
    bytes < 1024 * 1024 ? [bytes / 1024, 'KiB'] : [bytes / (1024 * 1024), 'MiB'];
  return `${value.toFixed(1)} ${unit}`;
}

/** Says what went wrong, without a stack, and ends the process with 1. */
export function reportAndExit(error: unknown): never {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}

/** What a backup holds, in words: its rows and tables, and the instant (UTC) that they are of. */
export function extentOf({ tables, madeAt }: Manifest): string {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  return `${rows} rows of ${tables.length} tables as of ${madeAt}`;
}
