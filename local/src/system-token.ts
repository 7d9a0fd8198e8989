// Tokens that a system's backend accepts, for curl, the suites and `npm run token`.
import { join, resolve } from 'node:path';
import { signToken, type TokenClaims } from './dev-auth.ts';
import { DEFAULT_PORT_BASE, publicUrl } from './ports.ts';
import { readRunner } from './runner.ts';

/** Of the tokens; the backend's default. */
export const AUDIENCE = 'todo';

/** A token for the system on a data folder, whether or not it runs now. */
export async function tokenFor(
  dataDir: string,
  portBase: number | undefined,
  claims: TokenClaims,
  lifetime = '12h',
): Promise<string> {
  const folder = resolve(dataDir);
  const issuer =
    portBase === undefined
      ? (readRunner(folder)?.publicUrl ?? publicUrl(DEFAULT_PORT_BASE))
      : publicUrl(portBase);
  return await signToken(join(folder, 'dev-auth'), issuer, AUDIENCE, claims, lifetime);
}
