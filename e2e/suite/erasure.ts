// A person leaves: their text is put wherever a person can put text, their account is deleted, and then it is searched in every
// table of every schema of the database, the pub/sub log's included, and in the services' logs. Another person keeps everything.
import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { tablesWith } from '@todo/testing/find-text';
import { apiOf, type Api } from './api.ts';
import { SERVICE_NAMES, type Hooks } from '../targets/hooks.ts';
import type { Target } from '../targets/target.ts';

/** With room for a busy machine, ms. */
const LIMIT_MS = 180_000;
const SOON = { timeout: 60_000, interval: 300 };

/** Says no when the answer is an error. */
async function send(api: Api, method: string, path: string, body?: object): Promise<unknown> {
  const answer = await api.raw(method, path, body && JSON.stringify(body));
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
  return text.startsWith('{') ? (JSON.parse(text) as unknown) : text;
}

/** Puts a text wherever a person can put one, and waits until it has reached every part. */
async function fill(api: Api, text: string): Promise<void> {
  const list = (await send(api, 'POST', '/lists', { name: text })) as { id: string };
  const soon = new Date(Date.now() + 2_000).toISOString();
  const task = await api.create({
    ...{ title: text, notes: text, tags: [text], listId: list.id },
    due: { kind: 'instant', at: new Date(Date.now() + 3_600_000).toISOString() },
    recurrence: { rule: 'FREQ=DAILY' },
    reminders: [{ at: soon }],
  });
  await send(api, 'POST', '/tokens', { name: text });
  await send(api, 'POST', '/chat/messages', { text: `add ${text} tomorrow` });
  await send(api, 'PUT', '/notifications/preferences', {
    email: { enabled: false },
    push: { enabled: false },
    webhook: { enabled: false, url: `https://example.com/${text}` },
    quietHours: null,
  });
  await expect
    .poll(async () => (await api.notifications()).filter((one) => one.text.includes(text)), SOON)
    .not.toEqual([]);
  await api.complete(task.id);
  await expect
    .poll(
      async () => (await api.tasks()).filter(({ seriesId }) => seriesId === task.seriesId),
      SOON,
    )
    .toHaveLength(2);
  await expect.poll(async () => (await api.history(task.id)).length, SOON).toBeGreaterThan(2);
}

async function everythingOf(api: Api): Promise<object> {
  const paths = [
    '/tasks?status=all',
    '/lists',
    '/chat/messages',
    '/notifications/preferences',
    '/notifications',
    '/audit',
  ];
  return await Promise.all(paths.map((path) => send(api, 'GET', path)));
}

/**
 * Declares the test, where the database can be looked into and an account be deleted at once.
 * @param open the system under test, once it runs
 */
export function describeErasure(open: () => Target, possible: boolean): void {
  describe.skipIf(!possible)('an account is deleted', () => {
    test(
      'nothing of the person is left in any table or log, and the other’s is untouched',
      async () => {
        const target = open();
        const hooks = target.hooks as Required<Hooks>;
        const canary = `Canary${randomBytes(9).toString('hex')}`;
        const leaver = await target.account();
        const api = apiOf(target.baseUrl, leaver.token);
        const other = apiOf(target.baseUrl, (await target.account()).token);
        const { id } = await api.me();
        const before = await hooks.withDatabase(async (database) => {
          await Promise.all([fill(api, canary), fill(other, 'stays')]);
          // an event that no consumer can handle
          await hooks.publish('task-events', {
            ...{
              specversion: '1.0',
              id: randomUUID(),
              source: '/todo/test',
              type: 'todo.task.created.v1',
            },
            data: { userId: id, task: { title: canary } },
          });
          // what a browser with a device would have put there
          await database.query(
            `INSERT INTO auth.passkey ("id", "name", "publicKey", "userId", "credentialID", "counter", "deviceType", "backedUp")
             VALUES ($1, $2, 'key', $1, $1, 0, 'multiDevice', true)`,
            [id, canary],
          );
          const found = async (): Promise<string[]> => await tablesWith(database, canary);
          // so that the search below can fail
          for (const table of [
            'todo.tasks',
            'todo.changes',
            'todo.lists',
            'todo.access_tokens',
            'notification.notifications',
            'audit.history',
            'dapr_state.state',
            'audit.dead_letters',
            'auth.passkey',
          ])
            await expect.poll(found, SOON).toContain(table);
          expect((await found()).some((table) => table.startsWith('dapr_pubsub.'))).toBe(true);
          return await everythingOf(other);
        });

        await leaver.leave!();

        await hooks.withDatabase(async (database) => {
          const outsideOfLog = async (): Promise<string[]> =>
            (await tablesWith(database, canary)).filter(
              (table) => !/^dapr_pubsub\.messages_\d$/.test(table),
            );
          await expect.poll(outsideOfLog, SOON).toEqual([]);
          // The log keeps what was published for its retention: here, no time at all.
          await database.query(
            `UPDATE dapr_pubsub.segments SET opened_at = opened_at - interval '2 days'`,
          );
          const everywhere = async (): Promise<string[]> => {
            await database.query(`SELECT dapr_pubsub.maintain('0 s', '7 days', 1, '1 hour')`);
            return await tablesWith(database, canary);
          };
          await expect.poll(everywhere, SOON).toEqual([]);
          await expect.poll(() => tablesWith(database, id), SOON).toEqual([]);
          expect((await database.query('SELECT * FROM audit.broken_links()')).rows).toEqual([]);
        });
        expect(await everythingOf(other)).toEqual(before);
        for (const service of SERVICE_NAMES)
          expect(await hooks.logs(service)).not.toContain(canary);
        // its token lives a little longer, and gives nothing
        const late = await api.raw('POST', '/tasks', JSON.stringify({ title: canary }), {
          'idempotency-key': randomUUID(),
        });
        expect(late.status).toBe(401);
      },
      LIMIT_MS,
    );
  });
}
