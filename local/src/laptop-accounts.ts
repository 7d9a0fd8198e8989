// Where the accounts of the system on this machine are: what `npm run account` works on when nobody names a database.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { databaseUrl } from './parts/postgres.ts';
import { DEFAULT_PORT_BASE, planPorts, publicUrl } from './ports.ts';
import { readRunner } from './runner.ts';
import { loadSecrets } from './secrets.ts';

/**
 * The embedded database of the system on a data folder, and the address people type.
 * @param portBase that of the running system, or 4300, without it
 * @throws Error when no system has run on that folder
 */
export async function laptopAccounts(
  dataDir: string,
  portBase: number | undefined,
): Promise<{ databaseUrl: string; publicUrl: string }> {
  const folder = resolve(dataDir);
  const file = join(folder, 'secrets.json');
  if (!existsSync(file))
    throw new Error(
      `No system has run on ${folder}. Start one with "npm run up", name its folder with --data-dir, or set DATABASE_URL.`,
    );
  const running = readRunner(folder)?.publicUrl;
  const base =
    portBase ?? (running === undefined ? DEFAULT_PORT_BASE : Number(new URL(running).port));
  return {
    databaseUrl: databaseUrl(planPorts(base).postgres, await loadSecrets(file)),
    publicUrl: publicUrl(base),
  };
}
