// Everything ends and starts again, in the middle of the suite: what a person left is there afterwards. A system that is started
// only once never shows that something lives where the order of starting decides.
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { apiOf, type Api } from './api.ts';
import type { Hooks } from '../targets/hooks.ts';
import type { Target } from '../targets/target.ts';

/** A restart, with room for a busy machine, ms. */
const RESTART_LIMIT_MS = 240_000;
const SOON = { timeout: 30_000, interval: 200 };
const PREFERENCES = {
  email: { enabled: false },
  push: { enabled: false },
  webhook: { enabled: false, url: null },
  quietHours: { from: '22:15', to: '06:45' },
};

/** Everything of a person that must outlive a restart, as the API shows it. */
async function everythingOf(api: Api): Promise<object> {
  const get = async (path: string): Promise<unknown> => {
    const response = await api.raw('GET', path);
    if (!response.ok) {
      throw new Error(`GET ${path} answered ${response.status}: ${await response.text()}`);
    }
    return await response.json();
  };
  return {
    me: await get('/me'),
    tasks: await get('/tasks?status=all'),
    lists: await get('/lists'),
    chat: await get('/chat/messages'),
    preferences: await get('/notifications/preferences'),
    notifications: await get('/notifications'),
  };
}

/**
 * Declares the test, where the system can be restarted.
 * @param open the system under test, once it runs
 */
export function describeRestart(open: () => Target, possible: boolean): void {
  describe.skipIf(!possible)('everything is restarted', () => {
    test(
      'tasks, chat, preferences, history, sessions and tokens are as they were, twice',
      async () => {
        const target = open();
        const { restart } = target.hooks as Required<Hooks>;
        const account = await target.account();
        const api = apiOf(target.baseUrl, account.token);
        const task = await api.create({
          title: 'before the restart',
          due: { kind: 'instant', at: new Date(Date.now() + 3_600_000).toISOString() },
          recurrence: { rule: 'FREQ=DAILY' },
        });
        const chat = async (text: string): Promise<void> => {
          const answer = await api.raw('POST', '/chat/messages', JSON.stringify({ text }));
          expect({ status: answer.status, body: await answer.text() }).toMatchObject({
            status: 200,
          });
        };
        await chat('add buy milk tomorrow');
        await chat('what is open?');
        const put = await api.raw('PUT', '/notifications/preferences', JSON.stringify(PREFERENCES));
        expect(put.status).toBe(200);
        const token = await api.raw('POST', '/tokens', JSON.stringify({ name: 'script' }), {
          'idempotency-key': randomUUID(),
        });
        const script = apiOf(target.baseUrl, ((await token.json()) as { token: string }).token);
        await expect.poll(async () => (await api.history(task.id)).length, SOON).toBe(1);
        const before = await everythingOf(api);
        expect(before).toMatchObject({ preferences: PREFERENCES });
        expect(JSON.stringify((before as { chat: unknown }).chat)).toContain('buy milk');

        for (const round of [1, 2]) {
          await restart();
          expect(await everythingOf(api), `after restart ${round}`).toEqual(before);
          expect(await script.get(task.id)).toEqual(task);
          expect((await api.history(task.id)).map(({ type }) => type)).toEqual([
            'todo.task.created.v1',
          ]);
          if (account.renew !== undefined) {
            const again = apiOf(target.baseUrl, await account.renew());
            expect(await again.me()).toEqual(await api.me());
          }
        }

        // and it all works on
        await chat('what is open?');
        await api.complete(task.id);
        const series = async (): Promise<number> =>
          (await api.tasks()).filter(({ seriesId }) => seriesId === task.seriesId).length;
        await expect.poll(series, SOON).toBe(2);
      },
      2 * RESTART_LIMIT_MS,
    );
  });
}
