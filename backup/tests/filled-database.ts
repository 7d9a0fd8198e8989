// A database with every schema of the system and rows of every kind, for tests of backup and restore.
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '@todo/testing/test-database-client';
import { existingSchemas, quoted, readTables } from '../src/catalog.ts';
import { ownedSchemas, schemaNames } from '../src/schemas.ts';

/** Dapr's tables, as its state store makes them. */
const STATE = `CREATE SCHEMA dapr_state;
CREATE TABLE dapr_state.state (key text NOT NULL PRIMARY KEY, value bytea NOT NULL, etag uuid NOT NULL DEFAULT gen_random_uuid(),
  created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz, expires_at timestamptz);
CREATE INDEX ON dapr_state.state (expires_at);
ALTER TABLE dapr_state.state ADD COLUMN row_id bigint GENERATED ALWAYS AS IDENTITY;
CREATE TABLE dapr_state.metadata (key text NOT NULL PRIMARY KEY, value text NOT NULL)`;

/** Runs statements on a database of its own connection. */
export async function withClient<T>(
  url: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** An empty database with all schemas. @param leaveOut migrations that were not there yet, as `schema name` */
export async function databaseWithSchemas(leaveOut: readonly string[] = []): Promise<TestDatabase> {
  const database = await createTestDatabase();
  await withClient(database.url, async (client) => {
    await client.query('BEGIN');
    for (const schema of ownedSchemas()) {
      const wanted = [...schema.known.keys()].filter(
        (name) => !leaveOut.includes(`${schema.name} ${name}`),
      );
      await schema.apply(client, leaveOut.length > 0 ? new Set(wanted) : undefined);
    }
    await client.query(STATE);
    await client.query('COMMIT');
  });
  return database;
}

/** Copies a database that nobody uses; much faster than making one. */
export async function copyOf(url: string): Promise<TestDatabase> {
  const server = new URL(url);
  const source = server.pathname.slice(1);
  server.pathname = '/postgres';
  const name = `test_${randomBytes(8).toString('hex')}`;
  await withClient(server.href, (client) =>
    client.query(`CREATE DATABASE ${name} TEMPLATE ${source}`),
  );
  const copy = new URL(url);
  copy.pathname = `/${name}`;
  return {
    url: copy.href,
    drop: () =>
      withClient(server.href, async (client) => {
        await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      }),
  };
}

/** Adds rows: text of every kind, subtasks before and after their parents, binary data, nulls, a log with positions. */
export async function fill(client: pg.ClientBase): Promise<void> {
  await client.query(`
    INSERT INTO auth."user" (id, name, email) VALUES ('u1', 'Ånna \\ "Ü"', 'anna@example.com'), ('u2', E'tab\\there\\nand line', 'b@example.com');
    INSERT INTO auth.session (id, "expiresAt", token, "userId") VALUES ('s1', now() + interval '1 day', 't1', 'u1');
    INSERT INTO auth.jwks (id, "publicKey", "privateKey", "createdAt") VALUES ('k1', '{}', '{}', now());
    INSERT INTO todo.users (id, zone, locale, change_seq) VALUES ('u1', 'Europe/Berlin', 'de', 3), ('u2', 'UTC', 'en', 0);
    INSERT INTO todo.lists (id, user_id, name, created_at, updated_at)
      SELECT gen_random_uuid(), 'u1', 'list ' || n, now(), now() FROM generate_series(1, 5) AS n;
    INSERT INTO todo.access_tokens (id, user_id, name, hash, scopes, created_at)
      VALUES (gen_random_uuid(), 'u1', 'cli', '\\x0001ff5c', '{tasks:read}', now());
    INSERT INTO notification.push_subscriptions (id, user_id, endpoint, p256dh, auth, label, created_at)
      VALUES (gen_random_uuid(), 'u1', 'https://push.example/1', 'a', 'b', 'phone', now());
    INSERT INTO todo.outbox (id, topic, type, key, time, data, lease_until, holder)
      VALUES (gen_random_uuid(), 'task-events', 'todo.task.created.v1', 'k', now(), '{"a":"\\u00e9 \\\\ \\" \\t"}', now() + interval '1 hour', gen_random_uuid());
    INSERT INTO audit.inbox (source, id, type) VALUES ('/todo/todo-backend', 'e1', 't');
    INSERT INTO audit.history (event_source, event_id, type, user_id, at, data)
      SELECT 's', n::text, 't', 'u1', now(), jsonb_build_object('n', n) FROM generate_series(1, 7) AS n;
    INSERT INTO todo.users (id, zone, locale, erased_at) VALUES ('u3', 'UTC', 'en', now());
    INSERT INTO todo.erased_people (person) VALUES (sha256('u3'));
    INSERT INTO audit.dead_letters (topic, event_source, event_id, event_type, subject, raw, reason)
      VALUES ('t', 's', 'i', 'y', 'j', '\\x00ff0a5c2e0a', 'why');
    INSERT INTO dapr_state.state (key, value) VALUES ('todo-backend||chat-u1', '\\x5b5d00');
    INSERT INTO dapr_state.metadata VALUES ('migrations-state-v2-dapr_state.', '1');
    INSERT INTO dapr_pubsub.topics (name, shards) VALUES ('task-events', 8);
    INSERT INTO dapr_pubsub.groups (topic_id, name) SELECT topic_id, 'audit-service' FROM dapr_pubsub.topics;
    INSERT INTO dapr_pubsub.cursors (group_id, shard, topic_id, seen) SELECT group_id, 1, topic_id, pg_current_snapshot() FROM dapr_pubsub.groups;
    UPDATE dapr_pubsub.segments SET is_current = segment = 2;
    INSERT INTO dapr_pubsub.messages (segment, shard, topic_id, data) SELECT n % 4, 1, topic_id, '\\x00017f80ff' FROM dapr_pubsub.topics, generate_series(1, 9) AS n;
    INSERT INTO dapr_pubsub.listeners (listener_id, topic_ids, host, port, secret) VALUES (gen_random_uuid(), '{1}', '10.0.0.1', 1, 'x');
  `);
  await client.query(`
    INSERT INTO todo.tasks (id, user_id, version, title, notes, status, priority, tags, parent_id, reminders, occurrence, created_at, updated_at, search)
    SELECT ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'u1', 1, 'task ' || n || E' \\\\N \\\\. 日本',
      repeat('note ', n % 50), 'open', n % 4, ARRAY['a b', 'c,"d"', 'NULL'],
      -- a subtask comes before its parent
      CASE WHEN n < 10 THEN ('00000000-0000-4000-8000-' || lpad((n + 100)::text, 12, '0'))::uuid END,
      '[]', 1, now(), now(), 'task ' || n FROM generate_series(1, 500) AS n`);
  await client.query(
    `INSERT INTO todo.reminders (task_id, id, pending_at) SELECT id, gen_random_uuid(), now() - interval '1 hour' FROM todo.tasks LIMIT 20`,
  );
}

/** Every row of every table as text, by table; listeners are of running processes. */
export async function contentOf(url: string): Promise<Record<string, string[]>> {
  return await withClient(url, async (client) => {
    const tables = await readTables(client, await existingSchemas(client, schemaNames()));
    const content: Record<string, string[]> = {};
    for (const table of tables) {
      const { rows } = await client.query<{ row: string }>(
        `SELECT t::text AS row FROM ${quoted(table)} AS t ORDER BY 1`,
      );
      content[`${table.schema}.${table.name}`] = rows.map(({ row }) => row);
    }
    return content;
  });
}

/** Which of our schemas a database has. */
export async function schemasOf(url: string): Promise<string[]> {
  return await withClient(url, (client) => existingSchemas(client, schemaNames()));
}
