// A person's way to their history: the API of the real backend, with the real service behind it, fed by what the backend
// publishes.
import type { Sidecar } from '@todo/runtime/sidecar';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';
import { asDelivered, startConsumerUnderTest, TOKEN } from '@todo/testing/consumer-under-test';
import type { ConsumerUnderTest } from '@todo/testing/consumer-under-test';
import { invokeApps } from '@todo/testing/invoke-app';
import { APP_ID, audit, SCHEMA } from '../src/app.ts';
import type { HistoryEntry } from '../src/history.ts';

describe('a person’s history through the backend', () => {
  let service: ConsumerUnderTest;
  let t: TestBackend;
  let now = new Date('2027-05-17T10:00:00Z');
  beforeAll(async () => {
    service = await startConsumerUnderTest({
      appId: APP_ID,
      schema: SCHEMA,
      migrations: new URL('../migrations/', import.meta.url),
      build: audit,
    });
    const sidecar: Sidecar = {
      ...service.parts.sidecar,
      invoke: invokeApps('todo-backend', { [APP_ID]: { app: service.app, token: TOKEN } }),
      publish: async (topic, event) => {
        expect(await service.deliver(asDelivered(topic, event))).toBe('SUCCESS');
      },
    };
    t = await startTestBackend({ sidecar, clock: () => now });
  });
  afterAll(async () => {
    await t.close();
    await service.close();
  });

  const audited = async (user: string, query = '') => {
    const answer = await t.ask(user, 'GET', `/audit${query}`);
    expect(answer.status).toBe(200);
    return answer.body as unknown as { items: HistoryEntry[]; nextCursor: string | null };
  };
  const until = async (user: string, count: number) => {
    await expect
      .poll(async () => (await audited(user, '?limit=200')).items.length, { timeout: 20_000 })
      .toBe(count);
  };
  const exported = async (user: string, query: string) => {
    const token = await t.token(user);
    return await t.backend.app.inject({
      url: `/api/v1/audit/export?${query}`,
      headers: { authorization: `Bearer ${token}` },
    });
  };

  it('G06: says who did what and when, before and after, by task and by time', async () => {
    const first = await t.add('anna', { title: 'first' });
    const second = await t.add('anna', { title: 'second' });
    now = new Date('2027-05-17T11:00:00Z');
    await t.ask('anna', 'PATCH', `/tasks/${first.id}`, { title: 'renamed' });
    await t.ask('anna', 'POST', `/tasks/${first.id}/complete`);
    await until('anna', 4);
    const { items } = await audited('anna', `?taskId=${first.id}`);
    expect(items.map((entry) => [entry.type.split('.')[2], entry.version])).toEqual([
      ['created', 1],
      ['updated', 2],
      ['completed', 3],
    ]);
    expect(items[1]).toMatchObject({
      actor: { kind: 'user', id: 'anna' },
      at: '2027-05-17T11:00:00.000Z',
      before: { title: 'first', version: 1 },
      task: { title: 'renamed', version: 2 },
    });
    const early = await audited('anna', '?to=2027-05-17T11:00:00Z');
    expect(early.items.map((entry) => entry.taskId)).toEqual([first.id, second.id]);
    const late = await audited('anna', '?from=2027-05-17T11:00:00Z&limit=1');
    expect(late.items.map((entry) => entry.type)).toEqual(['todo.task.updated.v1']);
    const rest = await audited(
      'anna',
      `?from=2027-05-17T11:00:00Z&limit=1&cursor=${late.nextCursor!}`,
    );
    expect(rest).toMatchObject({ items: [{ type: 'todo.task.completed.v1' }], nextCursor: null });
  });

  it('F01: only one’s own, whatever task is asked for', async () => {
    const task = await t.add('ben', { title: 'private' });
    await until('ben', 1);
    expect((await t.ask('carla', 'GET', `/audit?taskId=${task.id}`)).status).toBe(404);
    expect((await audited('carla')).items).toEqual([]);
    expect((await exported('carla', 'format=ndjson')).body).toBe('');
  });

  it('exports every entry once, as CSV and as NDJSON, over more than a page', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 205; n += 1) ids.push((await t.add('dora', { title: `t${n}` })).id);
    await expect
      .poll(
        async () =>
          (
            await service.pool.query<{ n: number }>(
              `SELECT count(*)::int AS n FROM audit.history WHERE user_id = 'dora'`,
            )
          ).rows[0]!.n,
        { timeout: 60_000 },
      )
      .toBe(205);
    const ndjson = await exported('dora', 'format=ndjson');
    expect(ndjson.headers['content-type']).toBe('application/x-ndjson');
    const entries = ndjson.body
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as HistoryEntry);
    expect(entries.map((entry) => entry.taskId).sort()).toEqual(ids.sort());
    const csv = await exported('dora', 'format=csv');
    expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(csv.headers['content-disposition']).toBe('attachment; filename="todo-history.csv"');
    const rows: Record<string, string>[] = parse(csv.body, { columns: true });
    expect(rows.map((row) => row['taskId']).sort()).toEqual(ids);
    expect(rows[0]).toMatchObject({ actorKind: 'user', actorId: 'dora', version: '1', before: '' });
    expect(JSON.parse(rows[0]!['after']!)).toMatchObject({ id: rows[0]!['taskId'] });
  }, 90_000);

  it('F09: a title is no formula in a spreadsheet, and stays whole in NDJSON', async () => {
    const title = '=HYPERLINK("https://evil.example","x"), "quoted"\nline two';
    await t.add('erik', { title });
    await until('erik', 1);
    const rows: Record<string, string>[] = parse((await exported('erik', 'format=csv')).body, {
      columns: true,
    });
    expect(rows[0]!['title']).toBe(`'${title}`);
    const line = JSON.parse((await exported('erik', 'format=ndjson')).body) as HistoryEntry;
    expect(line.task).toMatchObject({ title });
  });

  it.each(['/audit?limit=0', '/audit?from=x', '/audit/export', '/audit/export?format=xml'])(
    '%s is refused',
    async (path) => {
      expect((await t.ask('anna', 'GET', path)).status).toBe(400);
    },
  );

  it('the system works with audit switched off: no history, and it says so', async () => {
    const without = await startTestBackend({ auditEnabled: false });
    try {
      const task = await without.add('anna', { title: 'x' });
      for (const path of ['/audit', '/audit/export?format=csv', `/tasks/${task.id}/history`]) {
        const answer = await without.ask('anna', 'GET', path);
        expect([path, answer.status]).toEqual([path, 404]);
        expect(answer.body.detail).toContain('without the audit service');
      }
      expect((await without.ask('anna', 'POST', `/tasks/${task.id}/complete`)).status).toBe(200);
    } finally {
      await without.close();
    }
  });

  it('the audit service is away: 503, before a file begins', async () => {
    const away = await startTestBackend();
    try {
      for (const path of ['/audit', '/audit/export?format=csv'])
        expect((await away.ask('anna', 'GET', path)).status).toBe(503);
    } finally {
      await away.close();
    }
  });
});
