// What the database needs before the parts and their sidecars start: a login for each of them, and the state store's schema.
import { join } from 'node:path';
import {
  addressesOf,
  loginsToMake,
  type Addresses,
  type LoginName,
} from '@todo/deploy/plan/database-logins';
import { execa } from 'execa';
import { ROOT } from '../data-folder.ts';
import { describe } from '../errors.ts';

/** Where the data is. */
export interface DatabaseAddresses {
  /** The addresses that a part logs in with. */
  readonly of: (login: LoginName) => Addresses;
  /** Why all parts share the operator's login; undefined where each has its own. */
  readonly shared: string | undefined;
}

/**
 * Prepares the database with the operator's login.
 * @param options `secret`: what the logins' passwords come from; `one`: all parts share the operator's login, as somebody asked
 * @throws Error with the program's words when it can't
 */
export async function prepareDatabase(
  operator: Addresses,
  options: { secret: string; one: boolean; signal: AbortSignal | undefined },
): Promise<DatabaseAddresses> {
  const { secret, one, signal } = options;
  const program = join(ROOT, 'services', 'backend', 'src', 'prepare-database.ts');
  const env = {
    ...environmentOf(operator),
    ...(!one && { LOGINS_TO_MAKE: JSON.stringify(loginsToMake(operator, secret)) }),
  };
  let log: string;
  try {
    const settings = { env, ...(signal && { cancelSignal: signal }) };
    log = (await execa(process.execPath, [program], settings)).stdout;
  } catch (error) {
    throw new Error(`could not prepare the database: ${describe(error)}`, { cause: error });
  }
  if (one) return { of: () => operator, shared: 'DATABASE_LOGINS=one' };
  const said = JSON.parse(log.trim().split('\n').at(-1) ?? '{}') as {
    logins?: string;
    why?: string;
  };
  if (said.logins !== 'one per part')
    return { of: () => operator, shared: said.why ?? 'no reason was given' };
  return { of: (login) => addressesOf(operator, login, secret), shared: undefined };
}

/** A part's addresses as its environment. */
export function environmentOf({ url, directUrl }: Addresses): Record<string, string> {
  return { DATABASE_URL: url, ...(directUrl !== url && { DATABASE_DIRECT_URL: directUrl }) };
}
