// Which versions of a service ran here, and since when: the deploy history of the status page. A process notes its own version
// when it starts; a release of the same version, and each replica after the first, changes nothing.
import { identifier } from './database.ts';
import type { Queryable } from './database.ts';
import type { Migration } from './migrate.ts';
import { version } from './version.ts';

/** Rows that are kept, and given. */
const KEPT = 20;

/** The table. */
export const versionMigrations: readonly Migration[] = [
  {
    name: '000-versions-1',
    sql: `CREATE TABLE {schema}.versions (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      version text NOT NULL,
      since timestamptz NOT NULL DEFAULT now()
    )`,
  },
];

/** A version that began to run. */
export interface StartedVersion {
  readonly version: string;
  /** When its first process had its schema: an instant (RFC 3339) by the database's clock. */
  readonly since: string;
}

/**
 * Notes that a version runs, if another one ran last, and forgets the oldest. Replicas that start at the same moment may note
 * it twice: {@link startedVersions} gives it once.
 * @param running the version; this process's by default
 */
export async function noteVersion(
  client: Queryable,
  schema: string,
  running: string = version(),
): Promise<void> {
  const table = `${identifier(schema)}.versions`;
  await client.query(
    `INSERT INTO ${table} (version)
      SELECT $1::text WHERE $1 IS DISTINCT FROM (SELECT version FROM ${table} ORDER BY id DESC LIMIT 1)`,
    [running],
  );
  await client.query(
    `DELETE FROM ${table} WHERE id <= (SELECT id FROM ${table} ORDER BY id DESC OFFSET $1 LIMIT 1)`,
    [2 * KEPT],
  );
}

/** The versions that ran, newest first. */
export async function startedVersions(
  client: Queryable,
  schema: string,
): Promise<StartedVersion[]> {
  const { rows } = await client.query<{ version: string; since: Date }>(
    `SELECT version, since FROM ${identifier(schema)}.versions ORDER BY id`,
  );
  return rows
    .filter(({ version }, i) => version !== rows[i - 1]?.version)
    .slice(-KEPT)
    .reverse()
    .map(({ version, since }) => ({ version, since: since.toISOString() }));
}
