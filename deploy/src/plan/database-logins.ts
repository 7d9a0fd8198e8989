// Which logins the parts have in the database, each the owner of one schema (packages/runtime/src/database-logins.ts makes them).
// The state store's schema is nobody's service: the sidecars log in there with a login of its own.
import { createHmac } from 'node:crypto';
import { SYSTEM } from '../system.ts';

/** Who logs in: a part, or `state`, which is the sidecars' state store. */
export type LoginName = (typeof SYSTEM)[number]['name'] | 'state';

/** Addresses for one part. */
export interface Addresses {
  /** Perhaps of a pooler. */
  readonly url: string;
  /** Past a pooler. */
  readonly directUrl: string;
}

/** All that log in, with the schema that each owns. */
export const LOGINS: readonly { readonly name: LoginName; readonly schema: string }[] = [
  ...SYSTEM.map(({ name, schema }) => ({ name, schema })),
  { name: 'state', schema: 'dapr_state' },
];

/** Parts that keep something in the state store, and forget what is left of it elsewhere. */
const KEEP_STATE: readonly string[] = ['backend', 'notification'];

/** PostgreSQL cuts longer names. */
const NAME_LENGTH = 63;

/**
 * The role of a login: roles belong to a whole server, so the database's name is part of it.
 * @param database its name
 */
export function roleOf(database: string, login: LoginName): string {
  const suffix = `_${login.replaceAll('-', '_')}`;
  return `${database.slice(0, NAME_LENGTH - suffix.length)}${suffix}`;
}

/**
 * The addresses of a login.
 * @param operator those of the operator's login, in the same database
 * @param secret what the logins' passwords come from; 16 characters or more
 */
export function addressesOf(operator: Addresses, login: LoginName, secret: string): Addresses {
  const as = (address: string): string => {
    const url = new URL(address);
    // Not new URL's setters: they encode in another way than decodeURIComponent reads.
    const role = roleOf(decodeURIComponent(url.pathname.slice(1)), login);
    const password = createHmac('sha256', secret).update(role).digest('base64url');
    return `${url.protocol}//${encodeURIComponent(role)}:${password}@${url.host}${url.pathname}${url.search}`;
  };
  return { url: as(operator.url), directUrl: as(operator.directUrl) };
}

/** A login as packages/runtime/src/database-logins.ts takes it. */
interface Login extends Addresses {
  readonly schema: string;
  readonly roles: readonly { readonly name: string; readonly member: boolean }[];
  readonly forgetsState: boolean;
}

/** The logins of a database that are there already, for who needs no passwords. @param url the operator's */
export function loginsOf(url: string): Login[] {
  return loginsToMake({ url, directUrl: url }, '');
}

/**
 * What the program that makes the logins reads.
 * @param secret what their passwords come from
 */
export function loginsToMake(operator: Addresses, secret: string): Login[] {
  const database = decodeURIComponent(new URL(operator.directUrl).pathname.slice(1));
  return LOGINS.map(({ name, schema }) => ({
    schema,
    ...addressesOf(operator, name, secret),
    roles: name === 'audit' ? historyRoles(database) : [],
    forgetsState: KEEP_STATE.includes(name),
  }));
}

/** Those that services/audit/migrations/002-append-only-by-privilege.sql gives the history to. */
function historyRoles(database: string): Login['roles'] {
  return [
    { name: `todo_audit_owner_${database}`.slice(0, NAME_LENGTH), member: false },
    { name: `todo_audit_writer_${database}`.slice(0, NAME_LENGTH), member: true },
  ];
}
