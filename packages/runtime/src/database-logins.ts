// One login for each part of the system: it owns its part's schema and has no right on any other. The operator's own login makes
// them, and is the only one that may make roles. It becomes a member of each, so a backup, a restore and the version before
// this one, which knows a single login, go on working with it.
//
// Run it again at each deploy: what a restore or an earlier version made as the operator's login goes to its part. Where the
// operator's login may make no roles, or a pooler does not take the new ones, all parts keep the one login.
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import pg from 'pg';
import { errorCode, isUnavailable } from './database.ts';
import type { Queryable } from './database.ts';
import { FORMER_STATE_NAMES, grantForgetting } from './dapr-state.ts';
import type { Logger } from './log.ts';
import { waitForDatabase } from './wait-for-database.ts';

/** One part's login. */
export interface DatabaseLogin {
  /** The schema that it owns. */
  readonly schema: string;
  /** Its address, perhaps of a pooler: `postgres://role:password@host:port/database`. The role's name and password are taken from here. */
  readonly url: string;
  /** Its address past a pooler. */
  readonly directUrl: string;
  /** Roles without a login that the part's migrations give its tables to; `member`: the login has their rights. */
  readonly roles: readonly { readonly name: string; readonly member: boolean }[];
  /** Whether it removes what is left of superseded state (dapr-state.ts). */
  readonly forgetsState: boolean;
}

/** What the parts log in with from now on; `why` is a reason for people. */
export type LoginsInUse =
  { readonly kind: 'one per part' } | { readonly kind: 'one'; readonly why: string };

/** A running statement holds a lock, or two of them each other's: lock_not_available, deadlock_detected. */
const TRY_AGAIN = new Set(['55P03', '40P01']);
const LOCK_TIMEOUT_MS = 5_000;
/** insufficient_privilege */
const NOT_ALLOWED = '42501';

/**
 * Makes the logins, their schemas, and gives them what their schemas hold.
 * @param options `url`: the operator's login, best the direct (unpooled) address
 * @returns what the parts can log in with: each with its own, or all with `url`
 * @throws the database's error when it is not there (after about 5 minutes) or refuses something else than a right
 */
export async function prepareLogins(options: {
  url: string;
  logins: readonly DatabaseLogin[];
  log: Logger;
}): Promise<LoginsInUse> {
  return await waitForDatabase(() => prepareOnce(options), {
    ...{ log: options.log, waiting: 'waiting to prepare the logins', tryAgain: TRY_AGAIN },
  });
}

async function prepareOnce(options: {
  url: string;
  logins: readonly DatabaseLogin[];
  log: Logger;
}): Promise<LoginsInUse> {
  const { url, logins } = options;
  const client = await connect(url);
  try {
    const lacking = await lackingRight(client);
    if (lacking !== undefined) return { kind: 'one', why: lacking };
    await transaction(client, async () => {
      for (const login of logins) await makeRole(client, login);
    });
    await makeSearchExtension(client);
    // A transaction each: together they would hold up every part until the last.
    for (const login of logins)
      await transaction(client, () => giveSchema(client, login, roleOf(login)));
    const forgetting = logins.filter(({ forgetsState }) => forgetsState).map(roleOf);
    await transaction(client, () => grantForgetting(client, forgetting));
  } catch (error) {
    if (errorCode(error) !== NOT_ALLOWED) throw error;
    return { kind: 'one', why: (error as Error).message };
  } finally {
    await client.end().catch(() => undefined);
  }
  const refused = await firstRefused(logins);
  return refused === undefined ? { kind: 'one per part' } : { kind: 'one', why: refused };
}

/**
 * Gives schemas and what they hold to the logins that are there already, in the caller's transaction: after a restore, whose
 * tables are the operator's. Does nothing where the parts share one login.
 * @param client inside a transaction of the operator's login
 * @throws the database's error, when something else uses what changes hands
 */
export async function giveToLogins(
  client: Queryable,
  logins: readonly Pick<DatabaseLogin, 'schema' | 'url' | 'roles' | 'forgetsState'>[],
): Promise<void> {
  const there = await client.query<{ name: string }>(
    "SELECT rolname AS name FROM pg_catalog.pg_roles WHERE rolname = ANY ($1) AND pg_has_role(oid, 'SET')",
    [logins.map(roleOf)],
  );
  const names = new Set(there.rows.map(({ name }) => name));
  const present = logins.filter((login) => names.has(roleOf(login)));
  for (const login of present) await giveSchema(client, login, roleOf(login));
  await grantForgetting(client, present.filter(({ forgetsState }) => forgetsState).map(roleOf));
}

function roleOf({ url }: { readonly url: string }): string {
  return decodeURIComponent(new URL(url).username);
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'prepare logins',
    connectionTimeoutMillis: 10_000,
  });
  client.on('error', () => undefined); // the statement under way fails with it
  await client.connect();
  return client;
}

async function transaction(client: pg.Client, work: () => Promise<unknown>): Promise<void> {
  await client.query(`BEGIN; SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
  try {
    // one deploy at a time, and two systems on one server
    await client.query("SELECT pg_advisory_xact_lock(hashtextextended('prepare:logins', 0))");
    await work();
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** Why this login can't make others; undefined when it can. */
async function lackingRight(client: Queryable): Promise<string | undefined> {
  const { rows } = await client.query<{ me: string; roles: boolean; schemas: boolean }>(
    `SELECT current_user AS me, rolsuper OR rolcreaterole AS roles,
       has_database_privilege(current_database(), 'CREATE') AS schemas
     FROM pg_catalog.pg_roles WHERE rolname = current_user`,
  );
  const [row] = rows;
  if (row?.roles !== true) return `the login ${row?.me ?? ''} may not create roles`;
  return row.schemas ? undefined : `the login ${row.me} may not create schemas`;
}

async function makeRole(client: pg.Client, login: DatabaseLogin): Promise<void> {
  const role = roleOf(login);
  for (const name of [role, ...login.roles.map((one) => one.name)])
    await makeIfMissing(client, name);
  await setPassword(client, role, decodeURIComponent(new URL(login.url).password));
  const { rows } = await client.query<{ me: string; isSuperuser: boolean }>(
    'SELECT current_user AS me, rolsuper AS "isSuperuser" FROM pg_catalog.pg_roles WHERE rolname = current_user',
  );
  const [me] = rows;
  if (me && !me.isSuperuser)
    await client.query(
      `GRANT ${pg.escapeIdentifier(role)} TO ${pg.escapeIdentifier(me.me)} WITH INHERIT TRUE, SET TRUE`,
    );
  for (const { name, member } of login.roles)
    await client.query(
      `GRANT ${pg.escapeIdentifier(name)} TO ${pg.escapeIdentifier(role)} WITH ADMIN TRUE, INHERIT ${String(member)}, SET ${String(member)}`,
    );
}

async function makeIfMissing(client: pg.Client, role: string): Promise<void> {
  const { rowCount } = await client.query('SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = $1', [
    role,
  ]);
  if (rowCount === 0) await client.query(`CREATE ROLE ${pg.escapeIdentifier(role)} NOLOGIN`);
}

/** As a verifier, which a server's log may show; some hosts take only plain text. */
async function setPassword(client: pg.Client, role: string, password: string): Promise<void> {
  const set = (value: string): Promise<unknown> =>
    client.query(
      `ALTER ROLE ${pg.escapeIdentifier(role)} LOGIN PASSWORD ${pg.escapeLiteral(value)}`,
    );
  await client.query('SAVEPOINT password');
  try {
    await set(scramVerifier(password));
  } catch (error) {
    if (errorCode(error) === NOT_ALLOWED) throw error;
    await client.query('ROLLBACK TO SAVEPOINT password');
    await set(password);
  }
}

/** What PostgreSQL stores of a password (RFC 5803, section 2; RFC 7677). @param password ASCII, so SASLprep leaves it as it is */
export function scramVerifier(password: string, salt = randomBytes(16), iterations = 4096): string {
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const hmac = (text: string): Buffer => createHmac('sha256', salted).update(text).digest();
  const stored = createHash('sha256').update(hmac('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${stored}:${hmac('Server Key').toString('base64')}`;
}

/** The extension that the backend's search likes to have: only who may create in the database can make it. */
async function makeSearchExtension(client: pg.Client): Promise<void> {
  await client
    .query('CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public')
    .catch((error: unknown) => {
      // works without, only slower; not every database has it
      if (isUnavailable(error)) throw error;
    });
}

async function giveSchema(
  client: Queryable,
  { schema, roles }: Pick<DatabaseLogin, 'schema' | 'roles'>,
  role: string,
): Promise<void> {
  const owner = pg.escapeIdentifier(role);
  const { rows } = await client.query<{ owner: string }>(
    'SELECT pg_get_userbyid(nspowner) AS owner FROM pg_catalog.pg_namespace WHERE nspname = $1',
    [schema],
  );
  if (rows[0] === undefined)
    await client.query(`CREATE SCHEMA ${pg.escapeIdentifier(schema)} AUTHORIZATION ${owner}`);
  else if (rows[0].owner !== role)
    await client.query(`ALTER SCHEMA ${pg.escapeIdentifier(schema)} OWNER TO ${owner}`);
  const keep = [role, ...roles.map(({ name }) => name)];
  for (const what of await ownedByOthers(client, schema, keep))
    await client.query(`ALTER ${what} OWNER TO ${owner}`);
}

/**
 * What of a schema belongs to others than `keep`, as `TABLE "s"."t"`. Left out: what follows its table or extension, and the
 * former names of the state store, which show the rows of another schema with their owner's rights.
 */
async function ownedByOthers(
  client: Queryable,
  schema: string,
  keep: readonly string[],
): Promise<string[]> {
  const { rows } = await client.query<{ what: string }>(
    `WITH place AS (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = $1),
       others AS (SELECT oid FROM pg_catalog.pg_roles WHERE rolname <> ALL ($2)),
       part AS (SELECT classid, objid FROM pg_catalog.pg_depend
         WHERE deptype = 'e' OR (classid = 'pg_catalog.pg_class'::regclass AND refobjsubid > 0 AND deptype IN ('a', 'i')))
     SELECT CASE c.relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END
         || format(' %I.%I', $1::text, c.relname) AS what
       FROM pg_catalog.pg_class c, place
       WHERE c.relnamespace = place.oid AND c.relkind IN ('r', 'p', 'v', 'm', 'S') AND c.relowner IN (SELECT oid FROM others)
         AND c.relname <> ALL ($3) AND ('pg_catalog.pg_class'::regclass, c.oid) NOT IN (SELECT classid, objid FROM part)
     UNION ALL
     SELECT format('ROUTINE %I.%I(%s)', $1::text, p.proname, pg_get_function_identity_arguments(p.oid))
       FROM pg_catalog.pg_proc p, place
       WHERE p.pronamespace = place.oid AND p.proowner IN (SELECT oid FROM others)
         AND ('pg_catalog.pg_proc'::regclass, p.oid) NOT IN (SELECT classid, objid FROM part)
     UNION ALL
     SELECT format('TYPE %I.%I', $1::text, t.typname)
       FROM pg_catalog.pg_type t JOIN place ON t.typnamespace = place.oid LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
       WHERE t.typowner IN (SELECT oid FROM others) AND (t.typtype IN ('e', 'd', 'r') OR c.relkind = 'c')
         AND ('pg_catalog.pg_type'::regclass, t.oid) NOT IN (SELECT classid, objid FROM part)`,
    [schema, keep, FORMER_STATE_NAMES],
  );
  return rows.map(({ what }) => what);
}

/** Why the first login that can't be used can't; a pooler may know only the logins of its own list. */
async function firstRefused(logins: readonly DatabaseLogin[]): Promise<string | undefined> {
  for (const login of logins) {
    for (const url of new Set([login.url, login.directUrl])) {
      try {
        const client = await connect(url);
        await client.end();
      } catch (error) {
        if (isUnavailable(error)) throw error;
        return `${new URL(url).host} refuses the login ${roleOf(login)}: ${(error as Error).message}`;
      }
    }
  }
  return undefined;
}
