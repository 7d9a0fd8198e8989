// A laptop's lid is closed for a while: its sidecars stand still and go on afterwards, none ends, and events flow again.
//
//   E2E_SLEEP_MS  for how long, ms: 120000 for the long test; by default just longer than what sidecars renew every 5 s
import { expect, test } from 'vitest';
import { apiOf } from './api.ts';
import type { Hooks } from '../targets/hooks.ts';
import type { Target } from '../targets/target.ts';

const SLEEP_MS = Number(process.env['E2E_SLEEP_MS'] ?? 12_000);
/** So long after it a sidecar that ends of it would have ended, ms. */
const WAKE_MS = 6_000;
const SOON = { timeout: 60_000, interval: 300 };

/**
 * Declares the test, where sidecars can be made to sleep.
 * @param open the system under test, once it runs
 */
export function describeSleep(open: () => Target, possible: boolean): void {
  test.skipIf(!possible)(
    `sidecars suspended for ${SLEEP_MS / 1000} s continue: none ends, events and calls go through`,
    async () => {
      const target = open();
      const { sleep } = target.hooks as Required<Hooks>;
      const { token } = await target.account();
      const api = apiOf(target.baseUrl, token);
      const task = await api.create({
        title: 'before the machine slept',
        due: { kind: 'instant', at: new Date(Date.now() + 3_600_000).toISOString() },
        recurrence: { rule: 'FREQ=DAILY' },
      });
      expect(await sleep(SLEEP_MS, WAKE_MS)).toEqual([]);
      await api.complete(task.id);
      const series = async (): Promise<number> =>
        (await api.tasks()).filter(({ seriesId }) => seriesId === task.seriesId).length;
      await expect.poll(series, SOON).toBe(2);
      await expect
        .poll(async () => (await api.history(task.id)).map(({ type }) => type), SOON)
        .toContain('todo.task.completed.v1');
      expect((await api.raw('GET', '/notifications')).status).toBe(200);
    },
    SLEEP_MS + WAKE_MS + 180_000,
  );
}
