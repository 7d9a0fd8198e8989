// `npm run backup`: writes everything that the system keeps into one file.
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { exitCodes } from '@todo/deploy/run/usage';
import { DEFAULT_DATA_DIR, fromCaller } from '@todo/local/data-folder';
import { withDatabase } from '@todo/local/database-alone';
import { Option, program } from 'commander';
import { writeArchiveFile } from '../archive/write-archive.ts';
import { BackupError } from '../errors.ts';
import { takeBackup } from '../take-backup.ts';
import {
  databaseName,
  extentOf,
  productVersion,
  readSecret,
  reportAndExit,
  size,
} from './command-line.ts';

exitCodes(program)
  .name('npm run backup --')
  .description(
    'Writes tasks, history, accounts, events and state, as they are at one instant, into one file. The system may run.',
  )
  .option('--to <file>', 'default: todo-<time>.backup in the current folder', fromCaller)
  .option(
    '--key <file>',
    'encrypt with the content of this file (default: BACKUP_KEY, if it is set)',
    fromCaller,
  )
  .option('--data-dir <folder>', "the system's data folder", fromCaller, DEFAULT_DATA_DIR)
  .addOption(
    new Option('--database-url <url>', 'back up this database instead').env('DATABASE_URL'),
  )
  .addHelpText(
    'after',
    `
Environment:
  DATABASE_URL        as --database-url, and not visible in the list of processes
  BETTER_AUTH_SECRET  with a database URL: web's secret; an encrypted backup then keeps it, so sessions stay valid
  BACKUP_KEY          the passphrase, if there is no --key

Make a key:  openssl rand -base64 32 > backup.key`,
  )
  .parse();

const options = program.opts<{
  to?: string;
  key?: string;
  dataDir: string;
  databaseUrl?: string;
}>();

try {
  const secret = await readSecret(options.key);
  const file = options.to ?? fromCaller(`todo-${stamp(new Date())}.backup`);
  if (existsSync(file))
    throw new BackupError(`${file} is there already. Remove it, or name another with --to.`);
  const started = performance.now();
  const save = async (url: string, authSecret: string | undefined): Promise<void> => {
    console.log(`backing up ${databaseName(url)}`);
    const manifest = await writeArchiveFile(file, secret, (add) =>
      takeBackup(
        { url, version: productVersion(), authSecret, encrypted: secret !== undefined },
        add,
      ),
    );
    const { size: bytes } = await stat(file);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`${file}: ${extentOf(manifest)}, ${size(bytes)}, ${seconds} s`);
    if (secret === undefined)
      console.log(
        'not encrypted: it holds tasks, e-mail addresses and password hashes. Add --key FILE to encrypt it.',
      );
    if (!manifest.schemas.some(({ name }) => name === 'dapr_pubsub'))
      console.log(
        'events in Kafka are not in it: see docs/how-to/back-up.md for how to back up a system on Kafka',
      );
  };
  if (options.databaseUrl === undefined)
    await withDatabase(options.dataDir, { shared: true, create: false }, ({ url, secrets }) =>
      save(url, secrets.betterAuthSecret),
    );
  else await save(options.databaseUrl, process.env['BETTER_AUTH_SECRET']);
} catch (error) {
  reportAndExit(error);
}

/** 2026-11-30T0415Z: UTC, and a name that every file system takes. */
function stamp(now: Date): string {
  return `${now.toISOString().slice(0, 16).replace(':', '')}Z`;
}
