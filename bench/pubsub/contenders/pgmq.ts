// pgmq: SQL functions only, so the loop around them is ours: a queue a group, one statement a message, batches of reads.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { BATCH, type StartContender } from '../contender.ts';

/** The last release whose one SQL file installs without the extension machinery. */
const URL_OF_SQL =
  'https://raw.githubusercontent.com/pgmq/pgmq/c8575e31880ac0817b2c81d671e683bb1b54d882/pgmq-extension/sql/pgmq.sql';
const SHA256_OF_SQL = '94a956e117283ad9f4bbde277d90ff265b15007bd754dedd7d5dbc24a1255b29';
const VISIBILITY_S = 30;
const POLL_S = 5;
const POLL_MS = 10;

/**
 * pgmq's SQL: the file PGMQ_SQL names, or from its repository.
 * @throws Error when neither can be had, or the file is another version
 */
async function pgmqSql(): Promise<string> {
  const file = process.env['PGMQ_SQL'];
  const text = file ? await readFile(file, 'utf8') : await (await fetch(URL_OF_SQL)).text();
  const sum = createHash('sha256').update(text).digest('hex');
  if (sum !== SHA256_OF_SQL)
    throw new Error(`pgmq.sql: SHA-256 is ${sum}, expected ${SHA256_OF_SQL} (${URL_OF_SQL})`);
  return text;
}

/** Starts pgmq. */
export const startPgmq: StartContender = async (url) => {
  const pool = new pg.Pool({ connectionString: url, max: 10 });
  await pool.query(await pgmqSql());
  let names: string[] = [];
  let send = '';
  return {
    setUp: async (groups) => {
      names = groups;
      for (const name of names) await pool.query('select pgmq.create($1)', [name]);
      send = `select ${names.map((name) => `pgmq.send('${name}', $1::jsonb)`).join(', ')}`;
    },
    publish: async (body) => {
      await pool.query(send, [JSON.stringify({ body })]);
    },
    consume: (handle) => {
      let stopped = false;
      const consumers = names.map(async (name) => {
        const client = await pool.connect();
        while (!stopped) {
          const { rows } = await client.query<{ msg_id: string; message: { body: string } }>(
            'select msg_id, message from pgmq.read_with_poll($1, $2, $3, $4, $5)',
            [name, VISIBILITY_S, BATCH, POLL_S, POLL_MS],
          );
          for (const { message } of rows) handle(name, message.body);
          if (rows.length > 0)
            await client.query('select pgmq.delete($1, $2::bigint[])', [
              name,
              rows.map((row) => row.msg_id),
            ]);
        }
        client.release();
      });
      return Promise.resolve(async () => {
        stopped = true;
        await Promise.all(consumers);
      });
    },
    close: async () => {
      await pool.end();
    },
  };
};
