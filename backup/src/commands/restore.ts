// `npm run restore`: puts a backup back, or only verifies it.
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { exitCodes } from '@todo/deploy/run/usage';
import { DEFAULT_DATA_DIR, fromCaller } from '@todo/local/data-folder';
import { withDatabase } from '@todo/local/database-alone';
import { writeSecrets } from '@todo/local/secrets';
import { Option, program } from 'commander';
import { sha256, verifyArchive, type VerifiedArchive } from '../archive/read-archive.ts';
import { restoreBackup, type RestoreOptions } from '../restore-backup.ts';
import { requireKnownSchemas } from '../schemas.ts';
import { databaseName, extentOf, readSecret, reportAndExit } from './command-line.ts';

exitCodes(program)
  .name('npm run restore --')
  .description(
    'Restores a backup: verified first, then all of it in one transaction. The system must be stopped.',
  )
  .argument('<file>', 'what npm run backup wrote', fromCaller)
  .option('--key <file>', 'the key of an encrypted backup (default: BACKUP_KEY)', fromCaller)
  .option('--verify', 'read all of it, compare it with its manifest, and change nothing', false)
  .addOption(new Option('--dry-run', 'the same as --verify').implies({ verify: true }))
  .option('--replace', 'delete what the database holds', false)
  .option(
    '--sign-everybody-out',
    'end all sessions, access tokens and push devices; passwords stay',
    false,
  )
  .option('--data-dir <folder>', "the system's data folder", fromCaller, DEFAULT_DATA_DIR)
  .addOption(
    new Option('--database-url <url>', 'restore into this database instead').env('DATABASE_URL'),
  )
  .addHelpText(
    'after',
    `
Environment:
  DATABASE_URL        as --database-url, and not visible in the list of processes
  BETTER_AUTH_SECRET  with a database URL: web's secret there; sessions that it can't read end
  BACKUP_KEY          the passphrase, if there is no --key`,
  )
  .parse();

const options = program.opts<{
  key?: string;
  verify: boolean;
  replace: boolean;
  signEverybodyOut: boolean;
  dataDir: string;
  databaseUrl?: string;
}>();
const file = program.args[0] ?? '';

try {
  const secret = await readSecret(options.key);
  const archive = await verifyArchive(file, secret);
  requireKnownSchemas(archive.manifest);
  console.log(`${file} is whole: ${contents(archive)}`);
  const shared = { file, secret, replace: options.replace };
  if (options.verify) process.exit(0);
  if (options.databaseUrl !== undefined) {
    const own = process.env['BETTER_AUTH_SECRET'];
    await restore({ ...shared, url: options.databaseUrl }, archive, own);
    if (own === undefined && !options.signEverybodyOut)
      console.log(
        "sessions stay valid only if web has the same BETTER_AUTH_SECRET as before; set it here to have others' sessions ended",
      );
  } else {
    await withDatabase(
      options.dataDir,
      { shared: false, create: true },
      async ({ url, secrets }) => {
        // With its own secret in the archive, the restored sessions go on.
        const own = archive.authSecret ?? secrets.betterAuthSecret;
        await restore({ ...shared, url }, archive, own);
        await writeSecrets(join(options.dataDir, 'secrets.json'), {
          ...secrets,
          betterAuthSecret: own,
        });
      },
    );
    await removeBrokerData(options.dataDir);
  }
} catch (error) {
  reportAndExit(error);
}

async function restore(
  how: RestoreOptions,
  archive: VerifiedArchive,
  authSecret: string | undefined,
): Promise<void> {
  const { authSecretSha256 } = archive.manifest;
  const isForeign =
    authSecret !== undefined &&
    authSecretSha256 !== null &&
    sha256(authSecret) !== authSecretSha256;
  const signOut = options.signEverybodyOut ? 'everybody' : isForeign ? 'sessions' : undefined;
  console.log(`restoring into ${databaseName(how.url)}`);
  const started = performance.now();
  await restoreBackup({ ...how, signOut });
  console.log(`restored in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  if (signOut === 'sessions')
    console.log(
      'everybody signs in again: the secret that signed the sessions is not in this backup',
    );
}

function contents({ manifest, encrypted }: VerifiedArchive): string {
  return `${extentOf(manifest)}, version ${manifest.version}, ${encrypted ? 'encrypted' : 'not encrypted'}`;
}

/** A broker's log and positions belong to the data that was there before. */
async function removeBrokerData(dataDir: string): Promise<void> {
  const folder = join(dataDir, 'kafka');
  if (!existsSync(folder)) return;
  await rm(folder, { recursive: true });
  console.log(`removed ${folder}: the broker starts empty, as its events belong to other data`);
}
