// A large import says how far it is, and one that was cut off can be sent again without anything twice.
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';
import { newPerson } from './files-under-test.ts';

const LINES = 'application/x-ndjson, application/json';

interface Line {
  progress?: { stage: string; entries: number; of?: number };
  report?: { created: number; importId: string | null };
  problem?: { status: number; detail: string };
}

describe('progress of an import', { timeout: 120_000 }, () => {
  let t: TestBackend;
  let base: string;
  beforeAll(async () => {
    t = await startTestBackend();
    base = await t.backend.app.listen({ host: '127.0.0.1', port: 0 });
  });
  afterAll(() => t.close());

  const file = (count: number): string =>
    `title\n${Array.from({ length: count }, (_, n) => `task ${n}`).join('\n')}\n`;
  const post = async (user: string, body: string, query = '', key?: string) =>
    await fetch(`${base}/api/v1/import${query}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await t.token(user)}`,
        'content-type': 'text/csv',
        accept: LINES,
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      body,
    });
  const linesOf = (text: string): Line[] =>
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Line);

  it.each(['', '?dryRun=true'])('comes line by line, the report last (%s)', async (query) => {
    const answer = await post(`lines${query}`, file(1_700), query);
    expect(answer.headers.get('content-type')).toContain('application/x-ndjson');
    const lines = linesOf(await answer.text());
    const progress = lines.flatMap((line) => (line.progress ? [line.progress] : []));
    const read = progress.filter(({ stage }) => stage === 'reading');
    expect(read.map(({ entries }) => entries)).toEqual([500, 1_000, 1_500]);
    const stored = progress.filter(({ stage }) => stage === 'storing');
    expect(stored.length).toBeGreaterThan(1);
    expect(stored.map(({ entries }) => entries)).toEqual(
      stored.map(({ entries }) => entries).sort((a, b) => a - b),
    );
    expect(stored.at(-1)).toMatchObject({ entries: 1_700, of: 1_700 });
    expect(lines.slice(0, -1).every((line) => line.progress !== undefined)).toBe(true);
    expect(lines.at(-1)?.report).toMatchObject({ created: query === '' ? 1_700 : 0 });
  });

  it('a small file, a refused one, and a client that did not ask are answered as before', async () => {
    const small = await post('small', file(20));
    expect(small.headers.get('content-type')).toContain('application/json');
    expect(await small.json()).toMatchObject({ created: 20 });
    const refused = await post('small', 'a;b\n1;2\n');
    expect(refused.status).toBe(400);
    const who = await newPerson(t, 'Europe/Berlin');
    const { report } = await who.send(file(600), 'text/csv');
    expect(report).toMatchObject({ created: 600 });
  });

  it('a fault after the first line is the last line, and nothing is stored', async () => {
    const rows = Array.from({ length: 1_200 }, (_, n) => `{"title":"task ${n}"}`);
    const cut = await post('faulty', `{"tasks":[${rows.join(',')}`);
    expect(linesOf(await cut.text()).at(-1)?.problem).toMatchObject({ status: 400 });
    await t.pool.query(
      `CREATE FUNCTION todo.refuse_late() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN IF NEW.title = 'task 1100' THEN RAISE EXCEPTION 'no room'; END IF; RETURN NEW; END $$`,
    );
    await t.pool.query(
      'CREATE TRIGGER late BEFORE INSERT ON todo.tasks FOR EACH ROW EXECUTE FUNCTION todo.refuse_late()',
    );
    try {
      const lines = linesOf(await (await post('faulty', file(1_200))).text());
      expect(lines[0]?.progress).toBeDefined();
      expect(lines.at(-1)?.problem).toMatchObject({ status: 500 });
    } finally {
      await t.pool.query('DROP TRIGGER late ON todo.tasks');
    }
    const { body } = await t.ask('faulty', 'GET', '/tasks');
    expect(body.items).toEqual([]);
    expect((await t.ask('faulty', 'GET', '/imports')).body.items).toEqual([]);
  });

  it('cut off by its client and sent again with the same key, it stores each task once', async () => {
    const headers = {
      authorization: `Bearer ${await t.token('cut')}`,
      'content-type': 'text/csv',
      accept: LINES,
      'idempotency-key': 'cut-off',
    };
    const body = file(2_300);
    await new Promise<void>((resolve, reject) => {
      const sent = httpRequest(`${base}/api/v1/import`, { method: 'POST', headers }, (answer) => {
        answer.once('data', () => {
          sent.destroy();
          resolve();
        });
      });
      sent.once('error', reject);
      sent.end(body);
    }).catch(() => undefined);
    const answer = await (await post('cut', body, '', 'cut-off')).text();
    const again = linesOf(answer).at(-1);
    expect(again?.report, answer).toMatchObject({ created: 2_300 });
    const { rows } = await t.pool.query(
      `SELECT count(*)::int AS tasks, count(DISTINCT title)::int AS titles FROM todo.tasks WHERE user_id = 'cut'`,
    );
    expect(rows).toEqual([{ tasks: 2_300, titles: 2_300 }]);
    expect((await t.ask('cut', 'GET', '/imports')).body.items).toHaveLength(1);
  });
});
