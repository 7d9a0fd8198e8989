import { setTimeout as sleep } from 'node:timers/promises';
import { uuidv7 } from '@todo/runtime/uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backend } from '../src/app.ts';
import { APP_API_TOKEN, startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';

/** Opens a stream and collects its text. */
async function open(url: string, token: string, lastEventId?: string) {
  const leaving = new AbortController();
  const response = await fetch(`${url}/api/v1/live`, {
    headers: {
      authorization: `Bearer ${token}`,
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    },
    signal: leaving.signal,
  });
  const stream = {
    text: '',
    ended: false,
    leave: () => {
      leaving.abort();
    },
  };
  const read = async () => {
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream()))
      stream.text += chunk;
  };
  read()
    .catch(() => undefined)
    .finally(() => (stream.ended = true));
  return stream;
}
const ids = (text: string) => [...text.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]));

describe('live views and reminders', () => {
  let t: TestBackend;
  let second: Backend;
  let urls: string[];
  beforeAll(async () => {
    t = await startTestBackend({ heartbeatMs: 200 });
    second = await t.another();
    urls = [
      await t.backend.app.listen({ host: '127.0.0.1', port: 0 }),
      await second.app.listen({ host: '127.0.0.1', port: 0 }),
    ];
  });
  afterAll(() => t.close());

  it('every change appears on both replicas in order, once, also after a reconnect; other people see nothing', async () => {
    const token = await t.token('anna');
    const streams = [await open(urls[0]!, token), await open(urls[1]!, token)];
    const other = await open(urls[1]!, await t.token('ben'));
    for (const stream of streams) await expect.poll(() => stream.text).toContain('event: ready');
    await sleep(300); // the second replica listens by now
    await Promise.all(Array.from({ length: 20 }, (_, n) => t.add('anna', { title: `t${n}` })));
    for (const stream of streams)
      await expect.poll(() => ids(stream.text)).toEqual(Array.from({ length: 21 }, (_, n) => n));
    streams[0]!.leave();
    await t.add('anna', { title: 'while away' });
    const back = await open(urls[1]!, token, '20');
    await expect.poll(() => ids(back.text)).toEqual([21]);
    await expect.poll(() => back.text).toContain('while away');
    const lost = await open(urls[0]!, token, '999');
    await expect.poll(() => lost.text).toContain('event: gap');
    expect(other.text).not.toContain('event: task');
    await expect.poll(() => other.text).toContain(': heartbeat');
    for (const stream of [...streams, other, back, lost]) stream.leave();
  });

  it('a broken listening connection is made again and nothing is missed', async () => {
    const stream = await open(urls[1]!, await t.token('carla'));
    await expect.poll(() => stream.text).toContain('event: ready');
    await sleep(200);
    await t.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'todo-backend listen' AND datname = current_database()`,
    );
    await t.add('carla', { title: 'during the break' });
    await expect.poll(() => stream.text).toContain('during the break');
    stream.leave();
  });

  it('nobody connected and nothing due: no connection is kept to listen', async () => {
    const listening = async () =>
      (
        await t.pool.query(
          `SELECT 1 FROM pg_stat_activity WHERE application_name = 'todo-backend listen' AND datname = current_database()`,
        )
      ).rowCount;
    await expect.poll(listening, { timeout: 20_000, interval: 500 }).toBe(0);
  });

  it('a list that is added, renamed and deleted is told on the other replica too; a refused change is not', async () => {
    const stream = await open(urls[1]!, await t.token('lena'));
    const other = await open(urls[1]!, await t.token('otto'));
    for (const one of [stream, other]) await expect.poll(() => one.text).toContain('event: ready');
    await sleep(300); // the second replica listens by now
    const list = (await t.ask('lena', 'POST', '/lists', { name: 'Trip' })).body;
    await t.ask('lena', 'PATCH', `/lists/${list.id}`, { name: 'Voyage' });
    const foreign = await t.ask('otto', 'PATCH', `/lists/${list.id}`, { name: 'Mine' });
    expect(foreign.status).toBe(404);
    await t.ask('lena', 'DELETE', `/lists/${list.id}`);
    const told = () =>
      [...stream.text.matchAll(/event: list\ndata: (.+)\n/g)].map(
        ([, data]) => JSON.parse(data ?? '') as { listId: string; list: { name: string } | null },
      );
    await expect.poll(() => told().length).toBe(3);
    expect(told().map(({ listId }) => listId)).toEqual([list.id, list.id, list.id]);
    expect(told().map((change) => change.list?.name)).toEqual(['Trip', 'Voyage', undefined]);
    expect(other.text).not.toContain('event: list');
    stream.leave();
    other.leave();
  });

  it('what other services did reaches the stream once', async () => {
    await t.add('dora', { title: 'x' });
    const stream = await open(urls[0]!, await t.token('dora'));
    await expect.poll(() => stream.text).toContain('event: ready');
    const event = {
      specversion: '1.0',
      id: uuidv7(),
      source: '/todo/notification-service',
      type: 'todo.notification.created.v1',
      data: {
        userId: 'dora',
        notificationId: uuidv7(),
        taskId: null,
        kind: 'reminder',
        text: 'now',
        late: false,
        at: '',
      },
    };
    for (let n = 0; n < 3; n += 1) {
      const answer = await t.backend.app.inject({
        method: 'POST',
        url: '/events/task-updates',
        headers: {
          'dapr-api-token': APP_API_TOKEN,
          'content-type': 'application/cloudevents+json',
        },
        payload: JSON.stringify(event),
      });
      expect(answer.json()).toEqual({ status: 'SUCCESS' });
    }
    await expect.poll(() => stream.text).toContain('event: notification');
    await sleep(100);
    expect(stream.text.match(/event: notification/g)).toHaveLength(1);
    stream.leave();
  });

  it('the second word of an occurrence changes no page: its own commit has done so', async () => {
    const { id: taskId } = await t.add('olga', { title: 'x' });
    const written = async (): Promise<unknown> =>
      (
        await t.pool.query(
          `SELECT (SELECT change_seq FROM todo.users WHERE id = 'olga') AS last,
             (SELECT count(*)::int FROM todo.changes WHERE user_id = 'olga') AS changes`,
        )
      ).rows[0];
    const before = await written();
    const answer = await t.backend.app.inject({
      method: 'POST',
      url: '/events/task-updates',
      headers: {
        'dapr-api-token': APP_API_TOKEN,
        'content-type': 'application/cloudevents+json',
      },
      payload: JSON.stringify({
        specversion: '1.0',
        id: uuidv7(),
        source: '/todo/recurring-service',
        type: 'todo.occurrence.created.v1',
        data: {
          userId: 'olga',
          seriesId: taskId,
          taskId,
          previousTaskId: taskId,
          occurrence: 2,
          at: '',
        },
      }),
    });
    expect(answer.json()).toEqual({ status: 'SUCCESS' });
    expect(await written()).toEqual(before);
  });

  it('a reminder is sent once by two replicas, at its time, and not when the task is done', async () => {
    const soon = (ms: number) => new Date(Date.now() + ms).toISOString();
    const due = await t.add('erik', { title: 'remind me', reminders: [{ at: soon(700) }] });
    const done = await t.add('erik', { title: 'done', reminders: [{ at: soon(700) }] });
    await t.ask('erik', 'POST', `/tasks/${done.id}/complete`);
    const sent = () =>
      t.published.filter(({ topic }) => topic === 'reminders').map(({ event }) => event.subject);
    expect(sent()).toEqual([]);
    await expect.poll(sent, { timeout: 3_000 }).toEqual([due.id]);
    // changed without another time, reopened: it was sent
    await t.ask('erik', 'PATCH', `/tasks/${due.id}`, { title: 'renamed' });
    await sleep(300);
    expect(sent()).toEqual([due.id]);
  });

  it('what fell due while nobody ran is sent once, at the start of any replica', async () => {
    const task = await t.add('fred', {
      title: 'missed',
      reminders: [{ at: '2199-01-01T00:00:00Z' }],
    });
    await t.pool.query(
      `UPDATE todo.reminders SET pending_at = now() - interval '1 day' WHERE task_id = $1`,
      [task.id],
    );
    await Promise.all([t.another(), t.another(), t.another()]);
    const sent = () =>
      t.published.filter(({ topic, event }) => topic === 'reminders' && event.subject === task.id);
    await expect.poll(() => sent().length).toBe(1);
    await sleep(300);
    expect(sent()).toHaveLength(1);
  });

  it('G12: closing ends open streams and answers what is in flight', async () => {
    const third = await t.another();
    const url = await third.app.listen({ host: '127.0.0.1', port: 0 });
    const stream = await open(url, await t.token('gina'));
    await expect.poll(() => stream.text).toContain('event: ready');
    await third.close();
    await expect.poll(() => stream.ended).toBe(true);
  });

  it('an idle backend sends the database no statement', async () => {
    await sleep(500);
    const statements = async () =>
      (
        await t.pool.query<{ n: string }>(
          `SELECT max(query_start)::text AS n FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
        )
      ).rows[0]!.n;
    const before = await statements();
    await sleep(3_000);
    expect(await statements()).toBe(before);
  });
});
