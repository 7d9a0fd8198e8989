// PgBouncer before a test's database.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@todo/local/free-port';
import { serverAccount } from '@todo/local/parts/postgres-server';
import { answers } from './database-server.ts';
import { until } from './sidecar-client.ts';

/** Where Debian puts PgBouncer; undefined when it is not installed. */
export const PGBOUNCER = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer'].find((path) =>
  existsSync(path),
);

/** Starts a PgBouncer in transaction mode before a database; returns the address through it. */
export async function startPooler(
  databaseUrl: string,
  poolSize: number,
): Promise<{ url: string; stop: () => Promise<void> }> {
  if (!PGBOUNCER) throw new Error('PgBouncer is not installed');
  const target = new URL(databaseUrl);
  const folder = await mkdtemp(join(tmpdir(), 'pubsub-postgresql-pooler-'));
  const port = await freePort();
  const name = target.pathname.slice(1);
  const password = decodeURIComponent(target.password);
  await writeFile(join(folder, 'users.txt'), `"${target.username}" "${password}"\n`);
  await writeFile(
    join(folder, 'pgbouncer.ini'),
    [
      '[databases]',
      `${name} = host=${target.hostname} port=${target.port} dbname=${name} user=${target.username} password=${password}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'unix_socket_dir =',
      'auth_type = plain',
      `auth_file = ${join(folder, 'users.txt')}`,
      'pool_mode = transaction',
      `default_pool_size = ${poolSize}`,
      'max_client_conn = 500',
    ].join('\n'),
  );
  // It refuses to run as root; the files hold a throw-away password.
  const account = await serverAccount();
  await chmod(folder, 0o755);
  const child = spawn(PGBOUNCER, ['-q', join(folder, 'pgbouncer.ini')], {
    stdio: 'ignore',
    ...(account && { uid: account.uid, gid: account.gid }),
  });
  const url = new URL(databaseUrl);
  url.port = String(port);
  url.hostname = '127.0.0.1';
  await until('PgBouncer answers', () => answers(url.href), 20_000);
  return {
    url: url.href,
    stop: async () => {
      const ended = new Promise((done) => child.once('exit', done));
      child.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
