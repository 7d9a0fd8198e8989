// Metrics by a real scrape: what was asked is counted by its route, the clock's difference is there, and a scrape asks the
// database nothing.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTestDatabase } from '@todo/testing/test-database-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../src/config.ts';
import { databaseClock } from '../src/database-clock.ts';
import { createPool } from '../src/database.ts';
import type { Pool } from '../src/database.ts';
import { createLogger } from '../src/log.ts';
import { startMetrics } from '../src/metrics.ts';
import type { Metrics } from '../src/metrics.ts';
import { telemetryConfig } from '../src/telemetry-config.ts';
import { createServer, onAnswered } from '../src/server.ts';
import type { Answered, Server } from '../src/server.ts';

describe('metrics', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let pool: Pool;
  let app: Server;
  let metrics: Metrics;
  let now = Date.now();
  const statements: string[] = [];
  let answer: (answered: Answered) => void;
  beforeAll(async () => {
    const log = createLogger({ service: 'test', level: 'silent' });
    database = await createTestDatabase();
    pool = createPool({ url: database.url, application: 'metrics-test', max: 2, log });
    const query = pool.query.bind(pool) as (...args: unknown[]) => unknown;
    Object.assign(pool, {
      query: (...args: unknown[]) => {
        statements.push(String(args[0]));
        return query(...args);
      },
    });
    app = createServer({ log });
    app.get('/things/:id', () => ({ ok: true }));
    metrics = (await startMetrics({
      host: '127.0.0.1',
      port: 0,
      service: 'test-service',
      config: readConfig(telemetryConfig, {}),
      log,
      requests: (observe) => {
        answer = observe;
        return onAnswered(app, observe);
      },
      pool,
      clock: databaseClock(pool, { log, machine: () => new Date(now) }),
    }))!;
  });
  afterAll(async () => {
    await metrics.close();
    await app.close();
    await pool.end();
    await database.drop();
  });
  const scrape = async (path = '/metrics'): Promise<{ status: number; text: string }> => {
    const answer = await fetch(`http://127.0.0.1:${metrics.port}${path}`);
    return { status: answer.status, text: await answer.text() };
  };
  const value = (text: string, line: RegExp): number =>
    Number(
      text
        .split('\n')
        .find((one) => line.test(one))
        ?.split(' ')
        .at(-1),
    );

  it('counts requests by their route’s pattern, whatever is asked for', async () => {
    for (let n = 0; n < 50; n++) await app.inject({ url: `/things/${n}` });
    for (let n = 0; n < 50; n++) await app.inject({ url: `/no-such-thing-${n}` });
    const { status, text } = await scrape();
    expect(status).toBe(200);
    const count = 'todo_http_request_duration_seconds_count';
    expect(value(text, new RegExp(`^${count}.*route="/things/:id",status="200"`))).toBe(50);
    expect(value(text, new RegExp(`^${count}.*route="\\(no route\\)",status="404"`))).toBe(50);
    expect(text.split('\n').filter((line) => line.startsWith(count))).toHaveLength(2);
    expect(text).toContain('service="test-service"');
  });

  it('shows how far the clock is ahead, once it was measured', async () => {
    expect((await scrape()).text).not.toMatch(/^todo_clock_ahead_of_database_seconds\{/m);
    now = Date.now() + 7 * 60_000;
    await databaseClock(pool).measure();
    const ahead = value((await scrape()).text, /^todo_clock_ahead_of_database_seconds\{/);
    expect(ahead).toBeGreaterThan(415);
    expect(ahead).toBeLessThan(425);
  });

  it('asks the database nothing', async () => {
    await pool.query('SELECT 1');
    statements.length = 0;
    for (let n = 0; n < 10; n++) await scrape();
    expect(statements).toEqual([]);
    expect((await scrape()).text).toMatch(
      /^todo_database_pool_connections\{.*state="waiting".* 0$/m,
    );
  });

  it('docs/reference/metrics.md has a row for each metric, with its type and labels, and no other', async () => {
    const page = readFileSync(
      join(import.meta.dirname, '../../../docs/reference/metrics.md'),
      'utf8',
    );
    const documented = new Map(
      [...page.matchAll(/^\| `(todo_\w+)` +\| (\w+) +\| ([^|]*)\|/gm)].map(
        ([, name = '', type, labels = '']) => [
          name,
          { type, labels: [...labels.matchAll(/`(\w+)`/g)].map((match) => match[1]) },
        ],
      ),
    );
    await databaseClock(pool).measure();
    await app.inject({ url: '/things/1' });
    const { text } = await scrape();
    // Node's own are prom-client's to document
    const own = [...text.matchAll(/^# TYPE (todo_(?!process_|nodejs_)\w+) (\w+)$/gm)];
    expect([...documented.keys()].sort()).toEqual(own.map(([, name]) => name).sort());
    for (const [, name = '', type] of own) {
      const row = documented.get(name);
      expect(row?.type, name).toBe(type);
      const samples = text.matchAll(
        new RegExp(`^${name}(?:_bucket|_sum|_count)?\\{(.*)\\} `, 'gm'),
      );
      const used = new Set(
        [...samples]
          .flatMap(([, list = '']) => [...list.matchAll(/(\w+)="/g)])
          .map((match) => match[1]),
      );
      used.delete('le');
      used.delete('service');
      if (used.size > 0) expect(row?.labels, name).toEqual([...used]);
    }
  });

  it('a method that HTTP does not have makes no series of its own', async () => {
    answer({ method: 'BREW', route: '/things/:id', status: 200, ms: 1 });
    answer({ method: 'STEEP', route: '/things/:id', status: 200, ms: 1 });
    const { text } = await scrape();
    expect(
      value(text, /^todo_http_request_duration_seconds_count\{.*method="other",route="\/things/),
    ).toBe(2);
    expect(text).not.toContain('BREW');
  });

  it('serves nothing else', async () => {
    expect((await scrape('/health')).status).toBe(404);
  });
});
