// Takes a backup: everything of our schemas as it was at one instant, by COPY in one transaction of one connection, so it works
// through a pooler too. Nobody waits for it but a migration and the emptying of read messages.
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { endClient } from '@todo/runtime/database';
import { STATE_SCHEMA } from '@todo/runtime/dapr-state';
import type { AddEntry } from './archive/write-archive.ts';
import { sha256 } from './archive/read-archive.ts';
import {
  existingSchemas,
  quoted,
  readDefinitions,
  readMigrated,
  readSequences,
  readTables,
  type Table,
} from './catalog.ts';
import { BackupError } from './errors.ts';
import {
  FORMAT,
  HEAD_NAME,
  MANIFEST_NAME,
  partName,
  SECRET_NAME,
  type Manifest,
  type TableInBackup,
} from './manifest.ts';
import { schemaNames } from './schemas.ts';
import { openClient, TEXT_SETTINGS } from './connection.ts';

/** Bytes of one part: what is in memory at a time. */
const PART_BYTES = 4 * 1024 * 1024;
/** Tables can change between their list and their locks; then both are read again. */
const LIST_TRIES = 5;

/**
 * Reads a database into an archive.
 * @param options `url`: pooled or direct; `version`: of this product; `authSecret`: what signs the sessions, if known
 * @param options.encrypted whether the archive is: only then the secret goes into it
 * @returns the manifest, as it is in the archive
 * @throws BackupError when there is nothing to back up; the database's error; what `add` throws
 */
export async function takeBackup(
  options: {
    url: string;
    version: string;
    authSecret?: string | undefined;
    encrypted: boolean;
    onTable?: (table: TableInBackup) => void;
  },
  add: AddEntry,
): Promise<Manifest> {
  const client = await openClient(options.url, 'backup');
  try {
    const { tables, schemas, madeAt, postgresql } = await openSnapshot(client);
    const { version } = options;
    await add(HEAD_NAME, json({ format: FORMAT, version, madeAt }));
    const definitions = schemas.includes(STATE_SCHEMA) ? await readDefinitions(client) : [];
    const migrated = await readMigrated(client, schemas);
    const copied: TableInBackup[] = [];
    for (const table of tables) {
      const done = await copyTable(client, table, add);
      copied.push(done);
      options.onTable?.(done);
    }
    const sequences = await readSequences(client, schemas);
    const { authSecret } = options;
    if (authSecret !== undefined && options.encrypted)
      await add(SECRET_NAME, Buffer.from(authSecret, 'utf8'));
    const manifest: Manifest = {
      ...{ format: FORMAT, version, madeAt, postgresql, schemas: migrated, definitions },
      ...{ tables: copied, sequences },
      authSecretSha256: authSecret === undefined ? null : sha256(authSecret),
    };
    await add(MANIFEST_NAME, json(manifest));
    await client.query('COMMIT');
    return manifest;
  } finally {
    await endClient(client); // in the middle of a COPY too
  }
}

interface Snapshot {
  readonly tables: Table[];
  readonly schemas: string[];
  readonly madeAt: string;
  readonly postgresql: string;
}

/**
 * Begins the transaction whose snapshot is the backup. The locks come first: a table that is emptied by TRUNCATE after the
 * snapshot would be empty in it (PostgreSQL, "Caveats" of MVCC), and LOCK TABLE takes no snapshot.
 */
async function openSnapshot(client: pg.Client): Promise<Snapshot> {
  for (let attempt = 1; ; attempt += 1) {
    const listed = await listAll(client);
    if (listed.tables.length === 0)
      throw new BackupError('There is nothing to back up: none of the schemas is there.');
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await client.query(TEXT_SETTINGS);
    try {
      await client.query(`LOCK TABLE ${listed.tables.map(quoted).join(', ')} IN ACCESS SHARE MODE`);
      const found = await listAll(client);
      if (JSON.stringify(found) === JSON.stringify(listed)) {
        const { rows } = await client.query<{ at: Date; version: string }>(
          "SELECT clock_timestamp() AS at, current_setting('server_version') AS version",
        );
        const [row] = rows;
        if (!row) throw new Error('no answer');
        return { ...found, madeAt: row.at.toISOString(), postgresql: row.version };
      }
    } catch (error) {
      if (attempt === LIST_TRIES || (error as { code?: string }).code !== '42P01') throw error;
    }
    await client.query('ROLLBACK');
    if (attempt === LIST_TRIES)
      throw new BackupError('The tables keep changing: a migration is under way. Try again later.');
  }
}

async function listAll(client: pg.Client): Promise<{ tables: Table[]; schemas: string[] }> {
  const schemas = await existingSchemas(client, schemaNames());
  return { schemas, tables: await readTables(client, schemas) };
}

async function copyTable(client: pg.Client, table: Table, add: AddEntry): Promise<TableInBackup> {
  const parts: TableInBackup['parts'] = [];
  const columns = table.columns.map((column) => pg.escapeIdentifier(column)).join(', ');
  // of a query: COPY reads no partitioned table by its name
  const stream = client.query(copyTo(`COPY (SELECT ${columns} FROM ${quoted(table)}) TO STDOUT`));
  let held: Buffer[] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    const data = Buffer.concat(held, bytes);
    held = [];
    bytes = 0;
    await add(partName(table, parts.length), data);
    parts.push({ bytes: data.length, sha256: sha256(data) });
  };
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    held.push(chunk);
    bytes += chunk.length;
    if (bytes >= PART_BYTES) await flush();
  }
  if (bytes > 0) await flush();
  return { ...table, columns: [...table.columns], rows: stream.rowCount, parts };
}

function json(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value, undefined, 1)}\n`, 'utf8');
}
