// The limit of requests: by person and not by what a header says, one for all doors and all replicas, within a bound.
import { createPool } from '@todo/runtime/database';
import { createLogger } from '@todo/runtime/log';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';
import type { Backend } from '../src/app.ts';
import { createRequestCounter } from '../src/limits/request-shares.ts';

const MAX = 10;
let t: TestBackend;
let replicas: Backend[];
beforeAll(async () => {
  t = await startTestBackend({ rateLimitPerMinute: MAX });
  replicas = [t.backend, await t.another()];
});
afterAll(() => t.close());

describe('requests of a person', { timeout: 120_000 }, () => {
  it('70 at once over two replicas, with headers and doors of all kinds: ten pass', async () => {
    const authorization = `Bearer ${await t.token('anna')}`;
    const other = `Bearer ${await t.token('anna', { zone: 'Asia/Tokyo', sid: 'second' })}`;
    const answers = await Promise.all(
      Array.from({ length: 70 }, (_, n) =>
        replicas[n % 2]!.app.inject({
          url: ['/api/v1/me', '/api/v1/tasks', '/api/v1/lists'][n % 3]!,
          headers: {
            authorization: n % 4 === 0 ? other : authorization,
            'x-forwarded-for': `192.0.2.${n}`,
            'x-real-ip': `198.51.100.${n}`,
            'user-agent': `client ${n}`,
          },
        }),
      ),
    );
    const passed = answers.filter(({ statusCode }) => statusCode === 200);
    const refused = answers.filter(({ statusCode }) => statusCode === 429);
    expect([passed.length, refused.length]).toEqual([MAX, 70 - MAX]);
    expect(refused[0]!.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(Number(refused[0]!.headers['retry-after'])).toBeGreaterThan(0);
    // nobody else is concerned
    const ben = { authorization: `Bearer ${await t.token('ben')}` };
    expect((await t.backend.app.inject({ url: '/api/v1/me', headers: ben })).statusCode).toBe(200);
    // and MCP and calendars are no way around it
    for (const [method, url] of [
      ['POST', '/mcp'],
      ['GET', '/api/v1/tokens'],
    ] as const) {
      const answer = await t.backend.app.inject({ method, url, headers: { authorization } });
      expect(answer.statusCode, url).toBe(429);
    }
  });
});

describe('shares of the limit', { timeout: 120_000 }, () => {
  const counters = (max: number, count: number) => {
    const log = createLogger({ service: 'test', level: 'silent' });
    const pools = Array.from({ length: count }, () =>
      createPool({ url: t.url, application: 'replica', log, max: 2 }),
    );
    const errors: unknown[] = [];
    return {
      each: pools.map((pool) =>
        createRequestCounter({ pool, max, onError: (error) => errors.push(error) }),
      ),
      errors,
      end: async () => {
        await Promise.all(pools.map((pool) => pool.end()));
      },
    };
  };

  it.each([
    [1, 2],
    [47, 3],
    [100, 1],
    [400, 4],
  ])('of %i on %i replicas: never more than that and one percent for each', async (max, count) => {
    const { each, errors, end } = counters(max, count);
    const person = `person ${max}`;
    const counted = await Promise.all(
      Array.from({ length: max * 3 }, (_, n) => each[n % count]!(person)),
    );
    await end();
    const passed = counted.filter(({ allowed }) => allowed).length;
    expect(errors).toEqual([]);
    expect(passed).toBeGreaterThanOrEqual(max);
    expect(passed).toBeLessThanOrEqual(max + count * Math.floor(max / 100));
  });

  it('the first few write nothing; without a database each replica counts for itself', async () => {
    const { each, errors, end } = counters(1_000, 2);
    for (let n = 0; n < 10; n++) expect((await each[0]!('quiet')).allowed).toBe(true);
    const { rowCount } = await t.pool.query(
      `SELECT FROM todo.request_shares WHERE user_id = 'quiet'`,
    );
    expect(rowCount).toBe(0);
    await end();
    const counted = await Promise.all(Array.from({ length: 1_200 }, () => each[1]!('quiet')));
    expect(counted.filter(({ allowed }) => allowed)).toHaveLength(1_000);
    expect(errors).toHaveLength(1);
  });
});
