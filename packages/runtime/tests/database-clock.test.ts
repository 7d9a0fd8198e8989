// The database's clock as processes know it whose own clocks are wrong, by minutes and by a jump in the middle.
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase } from '@todo/testing/test-database-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createAlarm } from '../src/clock.ts';
import { databaseClock } from '../src/database-clock.ts';
import { createPool, withTransaction } from '../src/database.ts';
import type { Pool } from '../src/database.ts';
import { createLogger } from '../src/log.ts';

const MINUTE = 60_000;
/** What a measurement over a local socket may be wrong by on a busy machine, ms. */
const CLOSE_MS = 500;

describe('the database’s clock', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  const pools: Pool[] = [];
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterEach(async () => {
    await Promise.all(pools.splice(0).map((pool) => pool.end()));
  });
  afterAll(() => database.drop());

  const lines: { level: string; aheadMs: number }[] = [];
  const open = (offMs: () => number) => {
    lines.length = 0;
    const log = createLogger({ service: 'test', level: 'silent' });
    log.warn = (fields: { aheadMs: number }) => void lines.push({ level: 'warn', ...fields });
    log.info = (fields: { aheadMs: number }) => void lines.push({ level: 'info', ...fields });
    const pool = createPool({ url: database.url, application: 'clock-test', log });
    pools.push(pool);
    return {
      pool,
      clock: databaseClock(pool, { log, machine: () => new Date(Date.now() + offMs()) }),
    };
  };
  const off = (clock: { now: () => Date }) => Math.abs(clock.now().getTime() - Date.now());

  it.each([7, -7, 24 * 60, -24 * 60, 0.05])(
    'a machine that is %d minutes ahead knows the database’s time after a measurement, and says how far it is off',
    async (minutes) => {
      const { clock } = open(() => minutes * MINUTE);
      expect(clock.aheadMs()).toBeUndefined();
      await clock.measure();
      expect(off(clock)).toBeLessThan(CLOSE_MS);
      expect(Math.abs(clock.aheadMs()! - minutes * MINUTE)).toBeLessThan(CLOSE_MS);
      expect(lines).toMatchObject([{ level: 'warn' }]);
    },
  );

  it('a machine that is right says nothing', async () => {
    const { clock } = open(() => 400);
    await clock.measure();
    expect(Math.abs(clock.aheadMs()! - 400)).toBeLessThan(CLOSE_MS);
    expect(lines).toEqual([]);
  });

  it('a transaction measures as it begins, without a statement of its own', async () => {
    const { pool, clock } = open(() => 7 * MINUTE);
    await withTransaction(pool, async (client) => {
      expect(off(clock)).toBeLessThan(CLOSE_MS);
      await client.query('SELECT 1');
    });
  });

  it('a clock that is set while the process runs is noticed with the next transaction, and told once', async () => {
    let minutes = 7;
    const { pool, clock } = open(() => minutes * MINUTE);
    const use = () => withTransaction(pool, () => Promise.resolve());
    await clock.measure();
    for (minutes of [-3, 0, 0]) {
      await use();
      await use();
      expect(off(clock)).toBeLessThan(CLOSE_MS);
    }
    expect(lines.map(({ level }) => level)).toEqual(['warn', 'warn', 'info']);
  });

  it('many measurements narrow it down, and a slow one does not make it worse', async () => {
    const { pool, clock } = open(() => 7 * MINUTE);
    for (let n = 0; n < 20; n += 1) await clock.measure();
    const asked = Date.now() + 7 * MINUTE;
    const { rows } = await pool.query<{ ms: number }>(
      'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms, pg_sleep(1)',
    );
    clock.note(asked, Date.now() + 7 * MINUTE, rows[0]!.ms);
    expect(off(clock)).toBeLessThan(100);
  });

  it('use without a transaction measures too, once, and an idle pool asks nothing', async () => {
    const { pool, clock } = open(() => 7 * MINUTE);
    for (let n = 0; n < 5; n += 1) await pool.query('SELECT 1');
    await expect.poll(() => clock.aheadMs()).toBeDefined();
    const observer = createPool({
      url: database.url,
      application: 'observer',
      log: createLogger({ service: 'test', level: 'silent' }),
    });
    pools.push(observer);
    const last = async () =>
      (
        await observer.query<{ at: string }>(
          `SELECT max(query_start)::text AS at FROM pg_stat_activity WHERE application_name = 'clock-test'`,
        )
      ).rows[0]!.at;
    await sleep(100);
    const before = await last();
    await sleep(1_000);
    expect(await last()).toBe(before);
  });
});

describe('an alarm', () => {
  const rings = async (set: (alarm: ReturnType<typeof createAlarm>) => void, ms: number) => {
    let rung = 0;
    const alarm = createAlarm(
      () => new Date(Date.now() + 7 * MINUTE),
      () => (rung += 1),
    );
    set(alarm);
    await sleep(ms);
    alarm.clear();
    return rung;
  };

  it('rings at the instant of its clock, once, and not before', async () => {
    const at = () => Date.now() + 7 * MINUTE + 300;
    expect(
      await rings((alarm) => {
        alarm.setAt(at());
      }, 200),
    ).toBe(0);
    expect(
      await rings((alarm) => {
        alarm.setAt(at());
      }, 700),
    ).toBe(1);
  });

  it('setting it again replaces what was set', async () => {
    expect(
      await rings((alarm) => {
        alarm.setIn(100);
        alarm.setAt(Date.now() + 8 * MINUTE);
      }, 400),
    ).toBe(0);
    expect(
      await rings((alarm) => {
        alarm.setAt(Date.now() + 8 * MINUTE);
        alarm.setIn(100);
      }, 400),
    ).toBe(1);
  });

  it('a step of the machine’s clock rings it: what it was set for may be past', async () => {
    const real = Date.now;
    try {
      const rung = rings((alarm) => {
        alarm.setIn(300);
        Date.now = () => real() + 5 * MINUTE;
      }, 600);
      expect(await rung).toBe(1);
    } finally {
      Date.now = real;
    }
  });
});
