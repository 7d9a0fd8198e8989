// The embedded PostgreSQL for a command that needs the data and not the system: the running one, or one started for it alone.
import { existsSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { requireSecretsOfData } from './data-folder.ts';
import { freePort } from './free-port.ts';
import { endLeftovers } from './leftovers.ts';
import { makeDatabase, postgresPart } from './parts/postgres.ts';
import { dataLocation } from './parts/postgres-server.ts';
import { DEFAULT_PORT_BASE, planPorts } from './ports.ts';
import { isRunning } from './process-identity.ts';
import { readRunner, takeOver } from './runner.ts';
import { loadSecrets, type Secrets } from './secrets.ts';
import { supervise } from './supervisor.ts';

/** A data folder's database while a command uses it. */
export interface OpenDatabase {
  /** As the operator's login. */
  readonly url: string;
  readonly secrets: Secrets;
}

/**
 * Runs `work` on the database of a data folder. A system that runs there is used if `shared`; otherwise a server is started for
 * this alone and ended after it, and no system can start meanwhile.
 * @param options `create`: make the database if the folder has none
 * @throws AlreadyRunningError when a system runs there and `shared` is false; Error when there is no data and `create` is false
 */
export async function withDatabase<T>(
  dataDir: string,
  options: { shared: boolean; create: boolean },
  work: (database: OpenDatabase) => Promise<T>,
): Promise<T> {
  const folder = resolve(dataDir);
  const secretsFile = join(folder, 'secrets.json');
  if (!options.create) await requireData(folder);
  await mkdir(folder, { recursive: true });
  const runner = readRunner(folder);
  if (options.shared && runner && isRunning(runner)) {
    const secrets = await loadSecrets(secretsFile);
    const port = planPorts(Number(new URL(runner.publicUrl).port)).postgres;
    return await work({ url: await makeDatabase(port, secrets), secrets });
  }
  takeOver(folder, DEFAULT_PORT_BASE);
  const folders = { logs: join(folder, 'logs'), records: join(folder, 'run') };
  try {
    await endLeftovers(folders.records);
    await requireSecretsOfData(folder);
    const secrets = await loadSecrets(secretsFile);
    const port = await freePort();
    const server = supervise(await postgresPart(folder, port, secrets), folders, () => undefined);
    try {
      await server.started;
      return await work({ url: await makeDatabase(port, secrets), secrets });
    } finally {
      await server.stop();
    }
  } finally {
    rmSync(join(folder, 'runner.json'), { force: true });
  }
}

async function requireData(folder: string): Promise<void> {
  const { folder: data } = await dataLocation(join(folder, 'postgres'));
  if (existsSync(join(data, 'PG_VERSION'))) return;
  throw new Error(
    `There is no data in ${folder}. Start the system once (npm run up), or name its folder with --data-dir.`,
  );
}
