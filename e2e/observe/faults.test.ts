// Each fault that an alert is for is made in a running system, and the alert fires; those not here are in prometheus.test.ts and
// component-alerts.test.ts. `npm run test:observe`; needs `prometheus`, and for the wrong clock `faketime` (both are Debian's).
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasPrometheus, startObserved } from './observed-system.ts';
import type { Observed } from './observed-system.ts';

const FAKETIME = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1',
].find((path) => existsSync(path));
if (FAKETIME === undefined) console.log('SKIPPED, a wrong clock: apt-get install faketime');
const SOON = { timeout: 120_000, interval: 500 };
const folder = mkdtempSync(join(tmpdir(), 'todo-faults-'));
/** What libfaketime reads: how far the clock of audit is off. */
const clock = join(folder, 'clock');

describe.skipIf(!hasPrometheus)('an alert fires', () => {
  let observed: Observed;
  beforeAll(async () => {
    writeFileSync(clock, '+0');
    const audit: Record<string, string> = FAKETIME
      ? {
          ...{ LD_PRELOAD: FAKETIME, FAKETIME_TIMESTAMP_FILE: clock, FAKETIME_NO_CACHE: '1' },
          FAKETIME_DONT_FAKE_MONOTONIC: '1',
        }
      : {};
    const portBase = Number(process.env['OBSERVE_PORT_BASE'] ?? 25_400);
    observed = await startObserved(portBase, { env: { audit }, web: false });
  });
  afterAll(async () => {
    await (observed as Observed | undefined)?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const fires = (...alerts: string[]): Promise<void> =>
    expect.poll(() => observed.firing(), SOON).toEqual(expect.arrayContaining(alerts));
  const ends = (...alerts: string[]): Promise<void> =>
    expect
      .poll(async () => (await observed.firing()).filter((name) => alerts.includes(name)), SOON)
      .toEqual([]);
  const callTool = async (): Promise<void> => {
    const answer = await observed.ask('POST', '/mcp', {
      ...{ jsonrpc: '2.0', id: 1, method: 'tools/call' },
      params: { name: 'list_tasks', arguments: {} },
    });
    await answer.text();
  };
  /** Does something again and again until the alerts fire: a counter's first value is no increase. */
  const firesWhile = async (act: () => Promise<unknown>, ...alerts: string[]): Promise<void> => {
    await expect
      .poll(async () => {
        await act();
        return await observed.firing();
      }, SOON)
      .toEqual(expect.arrayContaining(alerts));
  };

  test('for nothing, before the first fault', async () => {
    // every kind of request once, so that counters have a first value
    const first = async (): Promise<number> =>
      (await observed.ask('POST', '/api/v1/tasks', { title: 'before all faults' })).status;
    await expect.poll(first, SOON).toBe(201);
    await callTool();
    // a busy machine may break a promise by itself
    const faults = async () => (await observed.firing()).filter((name) => !name.includes('Burn'));
    await expect.poll(faults, SOON).toEqual([]);
  });

  test('when no backend is there at all', async () => {
    observed.system.kill('backend', 'SIGSTOP');
    try {
      await fires('TodoBackendMissing', 'TodoPartDown');
    } finally {
      observed.system.kill('backend', 'SIGCONT');
    }
    await ends('TodoBackendMissing', 'TodoPartDown');
  });

  test('when the event loop of a part is held up', async () => {
    let stopped = true;
    const holdUp = async (): Promise<void> => {
      while (stopped) {
        observed.system.kill('notification', 'SIGSTOP');
        await sleep(450);
        observed.system.kill('notification', 'SIGCONT');
        await sleep(150);
      }
    };
    const holding = holdUp();
    try {
      await fires('TodoEventLoopBlocked');
    } finally {
      stopped = false;
      await holding;
    }
    await ends('TodoEventLoopBlocked');
  });

  test('when a lock holds up who wants a connection, and live views with it', async () => {
    await observed.add({ title: 'before the lock' });
    const closeLive = await observed.openLive();
    const waiting: Promise<unknown>[] = [];
    const wait = async (): Promise<void> => {
      for (let n = 0; n < 10; n += 1)
        waiting.push(observed.add({ title: `waits ${n}` }).catch(() => undefined));
      await sleep(1_000);
    };
    await observed.whileLocked('todo.changes', async () => {
      await firesWhile(wait, 'TodoPoolExhausted');
      await wait();
      await sleep(4_000); // those that wait now are seen by the live view so much later
    });
    await Promise.all(waiting);
    await fires('TodoLiveViewsLag');
    await ends('TodoPoolExhausted');
    closeLive();
  });

  test('when a table is missing: requests and tools fail, deliveries are tried again', async () => {
    await observed.sql('ALTER TABLE todo.tasks RENAME TO tasks_gone');
    try {
      await firesWhile(callTool, 'TodoToolsFailing');
      await firesWhile(
        () => observed.ask('GET', '/api/v1/tasks'),
        'TodoRequestsBurnFast',
        'TodoRequestsBurnSlow',
      );
    } finally {
      await observed.sql('ALTER TABLE todo.tasks_gone RENAME TO tasks');
    }
    await observed.sql('ALTER TABLE audit.history RENAME TO history_gone');
    try {
      await firesWhile(() => observed.add({ title: 'audit can’t' }), 'TodoEventsRetried');
    } finally {
      await observed.sql('ALTER TABLE audit.history_gone RENAME TO history');
    }
  });

  test('when the broker stores nothing: events are not published', async () => {
    const segments = [0, 1, 2, 3].map((n) => `ALTER TABLE dapr_pubsub.messages_${n}`);
    await observed.sql(
      ...segments.map((one) => `${one} ADD CONSTRAINT "full" CHECK (false) NOT VALID`),
    );
    try {
      await firesWhile(
        () => observed.add({ title: 'not published' }),
        'TodoEventsNotPublished',
        'PubSubPublishFails',
      );
    } finally {
      await observed.sql(...segments.map((one) => `${one} DROP CONSTRAINT "full"`));
    }
    await expect.poll(() => observed.sum('todo_outbox_rows'), SOON).toBe(0);
  });

  test.skipIf(FAKETIME === undefined)('when the clock of a machine is wrong', async () => {
    expect(await observed.firing()).not.toContain('TodoClockWrong');
    writeFileSync(clock, '+30');
    observed.system.kill('audit'); // a clock is measured at the start, then once a minute
    await fires('TodoClockWrong');
    writeFileSync(clock, '+0');
    observed.system.kill('audit');
    await ends('TodoClockWrong');
  });
});
