// A backend that is killed (SIGKILL, a real process) in the middle of an import, at each kind of point: another one continues it,
// and in the end every task is there once. The points are exact: a trigger makes the process wait inside its transaction. Two
// points run always, since every process takes seconds to start; KILL_POINTS=all takes them all.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createPool } from '@todo/runtime/database';
import type { Pool, PoolClient } from '@todo/runtime/database';
import { createLogger } from '@todo/runtime/log';
import { migrate } from '@todo/runtime/migrate';
import { startServiceProcess } from '@todo/testing/service-process';
import type { ServiceProcess } from '@todo/testing/service-process';
import { createTestDatabase } from '@todo/testing/test-database-client';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backendMigrations, SCHEMA } from '../../src/schema.ts';

const ISSUER = 'http://localhost:3000';
const TASKS = 2_600;
/** Where a process is killed: keys of advisory locks that the triggers wait for. */
const POINTS = { reading: 1, 'the first step': 2, 'a later step': 3, 'the end': 4 } as const;
const CHOSEN =
  process.env['KILL_POINTS'] === 'all'
    ? Object.values(POINTS)
    : [POINTS['a later step'], POINTS['the end']];

describe('an import whose processes are killed', { timeout: 400_000 }, () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let pool: Pool;
  let locks: PoolClient;
  let folder: string;
  let token: string;
  /** The one that works on it now. */
  let running: ServiceProcess | undefined;

  beforeAll(async () => {
    database = await createTestDatabase();
    const log = createLogger({ service: 'test', level: 'silent' });
    await migrate({ url: database.url, schema: SCHEMA, migrations: backendMigrations(), log });
    pool = createPool({ url: database.url, application: 'test', log });
    folder = mkdtempSync(join(tmpdir(), 'killed-import-'));
    const pair = await generateKeyPair('EdDSA', { extractable: true });
    const keys = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'test', alg: 'EdDSA' }] };
    writeFileSync(join(folder, 'jwks.json'), JSON.stringify(keys));
    token = await new SignJWT({ email: 'anna@example.com', zone: 'Europe/Berlin', locale: 'en' })
      .setProtectedHeader({ alg: 'EdDSA', kid: 'test' })
      .setSubject('anna')
      .setIssuer(ISSUER)
      .setAudience('todo')
      .setExpirationTime('1h')
      .sign(pair.privateKey);
    const points = {
      import_steps: 'CASE NEW.number WHEN 0 THEN 2 WHEN 3 THEN 3 END',
      import_jobs: `CASE WHEN NEW.state = 'done' THEN 4 WHEN NEW.stage = 'reading' THEN 1 END`,
    };
    for (const [table, point] of Object.entries(points))
      await pool.query(`
        CREATE FUNCTION todo.wait_in_${table}() RETURNS trigger LANGUAGE plpgsql AS $$
          DECLARE point integer := ${point};
          BEGIN
            IF point IS NOT NULL THEN PERFORM pg_advisory_xact_lock(point); END IF;
            RETURN NEW;
          END $$;
        CREATE TRIGGER wait_here BEFORE ${table === 'import_steps' ? 'INSERT' : 'UPDATE'} ON todo.${table}
          FOR EACH ROW EXECUTE FUNCTION todo.wait_in_${table}()`);
    locks = await pool.connect();
    for (const key of CHOSEN) await locks.query('SELECT pg_advisory_lock($1)', [key]);
  });
  afterAll(async () => {
    await running?.kill();
    locks.release(true);
    await pool.end();
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = () =>
    startServiceProcess({
      main: new URL('../../src/main.ts', import.meta.url),
      databaseUrl: database.url,
      offMs: 0,
      env: {
        AUTH_ISSUER: ISSUER,
        AUTH_JWKS_URLS: pathToFileURL(join(folder, 'jwks.json')).href,
      },
    });
  const ask = async (url: string, method: string, path: string, more: RequestInit = {}) => {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      ...more,
      headers: { authorization: `Bearer ${token}`, ...(more.headers as object) },
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, never> };
  };
  const count = async (what: string, from: string): Promise<number> =>
    Number((await pool.query<{ n: string }>(`SELECT ${what} AS n FROM ${from}`)).rows[0]?.n);
  const isWaitingAt = async (key: number): Promise<boolean> =>
    (await count(
      'count(*)',
      `pg_locks WHERE locktype = 'advisory' AND objid = ${key} AND NOT granted`,
    )) > 0;
  /** In a test the 30 s of a lease are over at once. */
  const endLease = () =>
    pool.query(`UPDATE todo.import_jobs SET lease_until = now() WHERE state = 'running'`);

  it('is stored once, whole, and can be undone', async () => {
    // every tenth is a subtask, a series runs through the file, and two rows are equal
    const rows = Array.from({ length: TASKS }, (_, n) =>
      [n, n % 10 === 9 ? n - 1 : '', n === 1_001 ? 'task 1000' : `task ${n}`, `List ${n % 3}`].join(
        ',',
      ),
    );
    const csv = `id,parentId,title,list\n${rows.join('\n')}\n`;
    let backend = await start();
    running = backend;
    const sent = await ask(backend.url, 'POST', '/import?name=large.csv', {
      body: csv,
      headers: { 'content-type': 'text/csv', prefer: 'respond-async', 'idempotency-key': 'large' },
    });
    expect(sent).toMatchObject({ status: 202 });
    const { id } = sent.body;

    for (const key of CHOSEN) {
      await expect.poll(() => isWaitingAt(key), { timeout: 60_000 }).toBe(true);
      const stored = await count('count(*)', 'todo.tasks');
      await backend.kill();
      await locks.query('SELECT pg_advisory_unlock($1)', [key]);
      // what the killed process was in the middle of is not stored
      await expect.poll(() => isWaitingAt(key), { timeout: 60_000 }).toBe(false);
      await expect
        .poll(
          () =>
            count(
              'count(*)',
              `pg_stat_activity WHERE datname = current_database() AND application_name = 'todo-backend'`,
            ),
          { timeout: 60_000 },
        )
        .toBe(0);
      expect(await count('count(*)', 'todo.tasks')).toBe(stored);
      await endLease();
      backend = await start();
      running = backend;
      const { body } = await ask(backend.url, 'GET', `/imports/${id}`);
      expect(body).toMatchObject({ tasks: stored, report: null });
    }

    const state = async () => (await ask(backend.url, 'GET', `/imports/${id}`)).body;
    await expect.poll(async () => (await state())['state'], { timeout: 60_000 }).toBe('done');
    expect(await state()).toMatchObject({
      tasks: TASKS,
      name: 'large.csv',
      newLists: ['List 0', 'List 1', 'List 2'],
      report: { created: TASKS, read: TASKS, duplicates: 0, importId: id },
    });
    expect(await count('count(*)', 'todo.tasks')).toBe(TASKS);
    expect(await count('count(DISTINCT title)', 'todo.tasks')).toBe(TASKS - 1);
    expect(await count('count(*)', 'todo.imported_tasks')).toBe(TASKS);
    expect(await count('count(*)', `todo.changes WHERE type = 'task'`)).toBe(TASKS);
    expect(
      await count(
        'count(*)',
        `todo.tasks c JOIN todo.tasks p ON p.id = c.parent_id WHERE substr(c.title, 6)::int = substr(p.title, 6)::int + 1`,
      ),
    ).toBe(TASKS / 10);
    // ids still sort in the order of the file: a list shows equal instants by them
    expect(
      await count(
        'count(*)',
        `(SELECT substr(title, 6)::int AS n, lag(substr(title, 6)::int) OVER (ORDER BY id) AS before FROM todo.tasks WHERE title <> 'task 1000') AS o WHERE before > n`,
      ),
    ).toBe(0);
    for (const table of ['import_pieces', 'import_steps'])
      expect(await count('count(*)', `todo.${table}`)).toBe(0);

    const again = await ask(backend.url, 'POST', '/import', {
      body: csv,
      headers: { 'content-type': 'text/csv', prefer: 'respond-async', 'idempotency-key': 'large' },
    });
    expect(again).toMatchObject({ status: 202, body: { id } });
    const undo = () => ask(backend.url, 'POST', `/imports/${id}/undo`);
    await expect.poll(async () => (await undo()).body['done'], { timeout: 60_000 }).toBe(true);
    expect(await count('count(*)', 'todo.tasks WHERE deleted_at IS NULL')).toBe(0);
    expect(await count('count(*)', 'todo.lists')).toBe(0);
    await backend.stop();
    running = undefined;
  });
});
