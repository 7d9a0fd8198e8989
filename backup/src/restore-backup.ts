// Restores a backup: verified whole first, then everything in one transaction, so that an interrupted restore leaves nothing.
// The tables are made by the services' own migrations, those that the backup had; rows come in; then the later migrations run
// over them. So an older backup ends with this version's schema, whatever the server's version is.
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { endClient } from '@todo/runtime/database';
import { loginsOf } from '@todo/deploy/plan/database-logins';
import { STATE_SCHEMA } from '@todo/runtime/dapr-state';
import { giveToLogins } from '@todo/runtime/database-logins';
import { readArchive, sha256, verifyArchive, type Entry } from './archive/read-archive.ts';
import { asOwner } from './as-owner.ts';
import { existingSchemas, quoted } from './catalog.ts';
import { openClient, TEXT_SETTINGS } from './connection.ts';
import { BackupError } from './errors.ts';
import {
  HEAD_NAME,
  partName,
  type Manifest,
  type SequenceInBackup,
  type TableInBackup,
} from './manifest.ts';
import { endLeases, signEverybodyOut, endSessions } from './after-restore.ts';
import { makeStateTables } from './state-tables.ts';
import { AUTH, ownedSchemas, requireKnownSchemas, schemaNames } from './schemas.ts';

/** Longest wait for a lock, ms: another program works on the database. */
const LOCK_TIMEOUT_MS = 15_000;

/** How to restore. */
export interface RestoreOptions {
  /** The direct (unpooled) address, as the operator's login. */
  readonly url: string;
  readonly file: string;
  readonly secret: string | undefined;
  /** Removes what the database holds, in the same transaction. */
  readonly replace?: boolean;
  /** `everybody`: sessions, access tokens and push devices end; `sessions`: those end whose signing secret is gone. */
  readonly signOut?: 'everybody' | 'sessions' | undefined;
  readonly onTable?: (table: TableInBackup) => void;
}

/**
 * Restores a backup into a database.
 * @returns its manifest
 * @throws BackupError when the archive can't be trusted, is of a newer version, or the database is in use or not empty; nothing
 *   is changed then, nor by any other error
 */
export async function restoreBackup(options: RestoreOptions): Promise<Manifest> {
  const { manifest } = await verifyArchive(options.file, options.secret);
  requireKnownSchemas(manifest);
  const client = await openClient(options.url, 'restore');
  try {
    await client.query('BEGIN');
    await client.query(`${TEXT_SETTINGS}; SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
    await client.query("SELECT pg_advisory_xact_lock(hashtextextended('restore', 0))");
    await requireUnused(client);
    await requireEmpty(client, options.replace === true);
    await makeSchemas(client, manifest);
    await fill(client, manifest, options);
    for (const sequence of manifest.sequences) await setSequence(client, sequence);
    for (const schema of ownedSchemas())
      if (isIn(manifest, schema.name)) await schema.apply(client);
    await endLeases(client, schemaNames());
    // What is made here is the operator's; where the parts have logins of their own, each gets its schema back.
    await giveToLogins(client, loginsOf(options.url));
    if (options.signOut === 'everybody') await signEverybodyOut(client);
    else if (options.signOut === 'sessions' && isIn(manifest, AUTH)) await endSessions(client);
    const { command } = await client.query('COMMIT');
    if (command !== 'COMMIT') throw new Error('could not restore; rolled back');
    if (manifest.tables.length > 0)
      // only plans get better by it
      await client
        .query(`ANALYZE ${manifest.tables.map(quoted).join(', ')}`)
        .catch(() => undefined);
    return manifest;
  } finally {
    await endClient(client); // an open transaction ends with its connection: nothing half done
  }
}

function isIn(manifest: Manifest, schema: string): boolean {
  return manifest.schemas.some(({ name }) => name === schema);
}

/** A service that runs would go on with what it remembers, and write it over what comes. */
async function requireUnused(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ application: string }>(
    `SELECT DISTINCT coalesce(nullif(application_name, ''), 'a program without a name') AS application FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend' ORDER BY 1`,
  );
  if (rows.length > 0)
    throw new BackupError(
      `The database is in use by ${rows.map(({ application }) => application).join(', ')}. Stop what uses it, and try again.`,
    );
}

async function requireEmpty(client: pg.Client, replace: boolean): Promise<void> {
  const there = await existingSchemas(client, schemaNames());
  if (there.length === 0) return;
  if (!replace)
    throw new BackupError(
      `The database is not empty: it has ${there.length === 1 ? 'the schema' : 'the schemas'} ${there.join(', ')}. ` +
        'Restore into an empty one, or add --replace to delete what it holds.',
    );
  await client.query(
    `DROP SCHEMA ${there.map((name) => pg.escapeIdentifier(name)).join(', ')} CASCADE`,
  );
}

/** The schemas as the backup had them. */
async function makeSchemas(client: pg.Client, manifest: Manifest): Promise<void> {
  const migrated = new Map(
    manifest.schemas.map(({ name, migrations }) => [
      name,
      new Set(migrations.map((migration) => migration.name)),
    ]),
  );
  for (const schema of ownedSchemas()) {
    const wanted = migrated.get(schema.name);
    if (wanted) await schema.apply(client, wanted);
  }
  if (migrated.has(STATE_SCHEMA)) await makeStateTables(client, manifest.definitions);
}

async function fill(client: pg.Client, manifest: Manifest, options: RestoreOptions): Promise<void> {
  const entries = readArchive(options.file, options.secret);
  try {
    const head = await entries.next();
    if (head.done === true || head.value.name !== HEAD_NAME) throw changed();
    for (const table of manifest.tables) {
      await copyTable(client, table, entries);
      options.onTable?.(table);
    }
  } finally {
    await entries.return(); // the file is closed
  }
}

async function copyTable(
  client: pg.Client,
  table: TableInBackup,
  entries: AsyncIterator<Entry>,
): Promise<void> {
  // What migrations put there is in the backup too, as it had become.
  const { rows } = await client.query<{ any: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM ${quoted(table)}) AS any`,
  );
  if (rows[0]?.any === true) await client.query(`DELETE FROM ${quoted(table)}`);
  const columns = table.columns.map((column) => pg.escapeIdentifier(column)).join(', ');
  // Rows come as they were: a trigger would link an entry of the history anew, or refuse what it accepted then.
  await switchTriggers(client, table, 'DISABLE');
  const stream = client.query(copyFrom(`COPY ${quoted(table)} (${columns}) FROM STDIN`));
  await pipeline(partsOf(table, entries), stream);
  await switchTriggers(client, table, 'ENABLE');
  if (stream.rowCount !== table.rows)
    throw new BackupError(
      `${table.schema}.${table.name} has ${stream.rowCount} rows after the restore, and the backup lists ${table.rows}.`,
    );
}

async function switchTriggers(
  client: pg.Client,
  table: TableInBackup,
  how: 'DISABLE' | 'ENABLE',
): Promise<void> {
  const { rowCount } = await client.query(
    'SELECT 1 FROM pg_trigger WHERE tgrelid = $1::regclass AND NOT tgisinternal',
    [quoted(table)],
  );
  if (rowCount === 0) return;
  await asOwner(client, quoted(table), () =>
    client.query(`ALTER TABLE ${quoted(table)} ${how} TRIGGER USER`),
  );
}

/** Verified once more: the file may have changed since. */
async function* partsOf(
  table: TableInBackup,
  entries: AsyncIterator<Entry>,
): AsyncGenerator<Buffer> {
  for (const [index, part] of table.parts.entries()) {
    const next = await entries.next();
    if (next.done === true || next.value.name !== partName(table, index)) throw changed();
    if (sha256(next.value.data) !== part.sha256) throw changed();
    yield next.value.data;
  }
}

function changed(): BackupError {
  return new BackupError('The backup file was changed while it was being restored.');
}

/** Goes on where the sequence was, and never behind the rows. */
async function setSequence(client: pg.Client, sequence: SequenceInBackup): Promise<void> {
  const { schema, owner } = sequence;
  const highest = owner
    ? `(SELECT max(${pg.escapeIdentifier(owner.column)}) FROM ${quoted({ schema, name: owner.table })})`
    : 'NULL';
  await asOwner(client, quoted(sequence), () =>
    client.query(
      // of two nulls setval does nothing
      `SELECT setval($1::regclass, greatest($2::bigint, ${highest}), true)`,
      [quoted(sequence), sequence.last],
    ),
  );
}
