// One trace id, from a request through its events to every consumer, and through the call that a consumer makes.
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { apiOf } from './api.ts';
import { SERVICE_NAMES, type Hooks, type ServiceName } from '../targets/hooks.ts';
import type { Target } from '../targets/target.ts';

const SOON = { timeout: 20_000, interval: 300 };

/** What is read of a log line. */
interface Line {
  msg?: string;
  traceId?: string;
  taskId?: string;
  type?: string;
}

/**
 * Declares the test, where the services' logs can be read.
 * @param open the system under test, once it runs
 */
export function describeTrace(open: () => Target, possible: boolean): void {
  describe.skipIf(!possible)('a trace', () => {
    test('is one from a completion to the next occurrence, in the logs of every service', async () => {
      const target = open();
      const { logs } = target.hooks as Required<Hooks>;
      const { token } = await target.account();
      const api = apiOf(target.baseUrl, token);
      const task = await api.create({
        title: 'traced',
        due: { kind: 'instant', at: new Date(Date.now() + 3_600_000).toISOString() },
        recurrence: { rule: 'FREQ=DAILY' },
      });
      const traceId = randomBytes(16).toString('hex');
      const completed = await api.raw('POST', `/tasks/${task.id}/complete`, undefined, {
        traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01`,
      });
      expect(completed.status).toBe(200);

      const traced = async (service: ServiceName): Promise<string[]> =>
        (await logs(service))
          .split('\n')
          .filter((line) => line.includes(traceId))
          .map((line) => JSON.parse(line) as Line)
          .filter((line) => line.traceId === traceId)
          .map(({ msg = '', type = '', taskId }) =>
            [msg, type, taskId === task.id ? 'this' : 'next'].filter(Boolean).join(' '),
          );
      // the request's own event, and that of the occurrence which recurring asked for by a call
      await expect
        .poll(() => traced('backend'), SOON)
        .toEqual(
          expect.arrayContaining([
            'event published todo.task.completed.v1 this',
            'event published todo.task.created.v1 next',
          ]),
        );
      for (const service of SERVICE_NAMES.filter((name) => name !== 'backend')) {
        await expect
          .poll(() => traced(service), { ...SOON, message: service })
          .toEqual(
            expect.arrayContaining([
              'event handled todo.task.completed.v1 this',
              'event handled todo.task.created.v1 next',
            ]),
          );
      }
      expect(await traced('recurring')).toEqual(
        expect.arrayContaining([
          'next occurrence created next',
          'event published todo.occurrence.created.v1 next',
        ]),
      );
    });
  });
}
