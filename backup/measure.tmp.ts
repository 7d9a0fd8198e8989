import { startTestServer } from '@todo/testing/test-database';
import pg from 'pg';
import { stat } from 'node:fs/promises';
import { ownedSchemas } from './src/schemas.ts';
import { takeBackup } from './src/take-backup.ts';
import { restoreBackup } from './src/restore-backup.ts';
import { writeArchiveFile } from './src/archive/write-archive.ts';
const server = await startTestServer();
const admin = new pg.Client({ connectionString: server.url }); await admin.connect();
await admin.query('CREATE DATABASE a'); await admin.query('CREATE DATABASE b'); await admin.query('CREATE DATABASE c');
const at = (n: string) => { const u = new URL(server.url); u.pathname = '/' + n; return u.href; };
const c = new pg.Client({ connectionString: at('a') }); await c.connect();
await c.query('BEGIN'); for (const s of ownedSchemas()) await s.apply(c); await c.query('COMMIT');
await c.query(`INSERT INTO todo.users (id, zone, locale) SELECT 'u' || n, 'UTC', 'en' FROM generate_series(0, 99) n`);
await c.query(`INSERT INTO todo.tasks (id, user_id, version, title, notes, status, priority, tags, reminders, occurrence, created_at, updated_at, search)
 SELECT gen_random_uuid(), 'u' || n % 100, 1, 'Call ' || md5(n::text), md5((n*7)::text) || ' notes of a task ' || md5((n*3)::text), CASE WHEN n % 3 = 0 THEN 'done' ELSE 'open' END, n % 4, ARRAY['tag' || n % 20], '[]', 1, now() - n * interval '1 minute', now(), 'call ' || md5(n::text) FROM generate_series(1, 100000) n`);
await c.query(`INSERT INTO audit.history (event_source, event_id, type, user_id, task_id, version, at, task, data) SELECT '/todo/todo-backend', id::text, 'todo.task.created.v1', user_id, id, 1, created_at, jsonb_build_object('id', id, 'title', title, 'notes', notes, 'status', status, 'tags', tags), '{}' FROM todo.tasks LIMIT 20000`);
const { rows } = await c.query("SELECT pg_database_size('a')::float8 / 1048576 AS mib, (SELECT count(*) FROM todo.tasks) t, (SELECT count(*) FROM audit.history) h");
console.log(rows); await c.end();
for (const secret of [undefined, 'a secret of more than sixteen']) {
  const f = '/tmp/h/hb/m' + (secret ? 'e' : 'p'); let t = performance.now();
  await writeArchiveFile(f, secret, (add) => takeBackup({ url: at('a'), version: '0.1.0', encrypted: !!secret }, add));
  console.log('backup', secret ? 'encrypted' : 'plain', ((performance.now() - t) / 1000).toFixed(1), 's', ((await stat(f)).size / 1048576).toFixed(1), 'MiB');
}
let t = performance.now(); await restoreBackup({ url: at('b'), file: '/tmp/h/hb/me', secret: 'a secret of more than sixteen' });
console.log('restore encrypted', ((performance.now() - t) / 1000).toFixed(1), 's', 'max rss MiB', (process.resourceUsage().maxRSS / 1024).toFixed(0));
await admin.end(); await server.stop();
