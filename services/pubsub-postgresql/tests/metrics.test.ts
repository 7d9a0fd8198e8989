// What Prometheus reads: the numbers are those of what happened, the number of series is bounded, and a scrape costs the
// database nothing.
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { until } from '@todo/testing/sidecar-client';
import { startDatabaseServer, type DatabaseServer } from '@todo/testing/database-server';
import { serveHealth, type Health } from '../src/health.ts';
import { createMetrics, type Metrics } from '../src/metrics.ts';
import { createWorld, fresh, pause, type World } from './world.ts';

/** The value of a series whose labels are at least these; undefined: there is none. */
async function value(
  metrics: Metrics,
  name: string,
  labels: Record<string, string> = {},
): Promise<number | undefined> {
  for (const line of (await metrics.text()).split('\n')) {
    const [, found, text, number] = /^pubsub_postgresql_(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    const matches = Object.entries(labels).every(([key, wanted]) =>
      `,${text}`.includes(`,${key}="${wanted}"`),
    );
    if (found === name && matches) return Number(number);
  }
  return undefined;
}

async function series(metrics: Metrics): Promise<number> {
  return (await metrics.text()).split('\n').filter((line) => line && !line.startsWith('#')).length;
}

describe('labels', () => {
  test.each([1, 5, 100])(
    'with room for %i, later topics and groups count as other',
    async (max) => {
      const metrics = createMetrics(max);
      const component = metrics.observe('pubsub');
      for (let n = 0; n < max + 30; n++) {
        component.published(`topic-${n}`, 1, 0, 1);
        component.group(`topic-${n}`, 'group').acknowledged(1);
      }
      const before = await series(metrics);
      for (let n = 0; n < 500; n++) {
        component.published(`late-${n}`, 1, 0, 1);
        component.group(`late-${n}`, `group-${n}`).acknowledged(1);
      }
      expect(await series(metrics)).toBe(before);
      const other = { topic: 'other', group: 'other' };
      expect(await value(metrics, 'published_total', { topic: 'other' })).toBe(530);
      expect(await value(metrics, 'acknowledged_total', other)).toBe(530);
      expect(await value(metrics, 'published_total', { topic: 'topic-0' })).toBe(1);
    },
  );

  test('many components are bounded too', async () => {
    const metrics = createMetrics();
    for (let n = 0; n < 1_000; n++) metrics.observe(`component-${n}`).wokenUp('own');
    expect(await value(metrics, 'wake_ups_total', { component: 'other' })).toBe(990);
  });

  test.each(['quo"te', 'back\\slash', 'two\nlines', '}', 'ключ'])(
    'a topic may be called %j',
    async (topic) => {
      const metrics = createMetrics();
      metrics.observe('pubsub').published(topic, 3, 0, 1);
      const lines = (await metrics.text()).split('\n');
      expect(lines.filter((line) => line.startsWith('pubsub_postgresql_published_total{'))).toEqual(
        [
          `pubsub_postgresql_published_total{component="pubsub",topic="${topic.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')}"} 3`,
        ],
      );
    },
  );

  test('groups that share a name share a sum, and the oldest age', async () => {
    const metrics = createMetrics(1);
    const { backlog } = metrics.observe('pubsub');
    const row = (topic: string, unread: number, oldestMs: number) => ({
      topic,
      group: 'g',
      unread,
      oldestMs,
      inactiveMs: 60_000,
      isGivenUp: false,
    });
    const rows = [row('a', 1, 1_000), row('b', 2, 9_000), row('c', 3, 4_000)];
    backlog(rows, 0);
    backlog(rows, 0);
    expect(await value(metrics, 'unread', { topic: 'a' })).toBe(1);
    expect(await value(metrics, 'unread', { topic: 'other' })).toBe(5);
    expect(await value(metrics, 'oldest_unread_age_seconds', { topic: 'other' })).toBe(9);
    backlog([row('a', 0, 0)], 0);
    expect(await value(metrics, 'unread', { topic: 'a' })).toBe(0);
    expect(await value(metrics, 'unread', { topic: 'other' })).toBeUndefined();
    expect(await value(metrics, 'group_inactive_seconds', { topic: 'other' })).toBeUndefined();
  });

  test('a group begins at zero, so that its first dead letter is an increase', async () => {
    const metrics = createMetrics();
    metrics.observe('pubsub').group('t', 'g');
    for (const name of ['delivered', 'acknowledged', 'retried', 'dead', 'leases_lost'])
      expect(await value(metrics, `${name}_total`, { topic: 't', group: 'g' })).toBe(0);
    metrics.observe('pubsub').published('t', 1, 0, 1);
    expect(await value(metrics, 'publish_failed_total', { topic: 't' })).toBe(0);
  });

  test('a group that was given up has nothing unread, and says so', async () => {
    const metrics = createMetrics();
    const { backlog } = metrics.observe('pubsub');
    const group = {
      topic: 't',
      group: 'g',
      unread: 0,
      oldestMs: 0,
      inactiveMs: 90_000,
      isGivenUp: true,
    };
    backlog([group], 8_192);
    expect(await value(metrics, 'group_given_up', { topic: 't' })).toBe(1);
    expect(await value(metrics, 'group_inactive_seconds', { topic: 't' })).toBe(90);
    expect(await value(metrics, 'log_bytes', { component: 'pubsub' })).toBe(8_192);
  });

  test.each(['off', 'connecting', 'listening', 'asleep'] as const)(
    'LISTEN that is %s shows as this state alone',
    async (state) => {
      const metrics = createMetrics();
      const component = metrics.observe('pubsub');
      component.watchListening(() => state);
      for (const other of ['off', 'connecting', 'listening', 'asleep'])
        expect(await value(metrics, 'listen_state', { state: other })).toBe(
          other === state ? 1 : 0,
        );
      expect(await value(metrics, 'listening')).toBe(state === 'listening' ? 1 : 0);
      component.close();
      expect(await value(metrics, 'listen_state')).toBeUndefined();
    },
  );

  test('a component that ends leaves nothing in flight', async () => {
    const metrics = createMetrics();
    const [old, next] = [metrics.observe('pubsub'), metrics.observe('pubsub')];
    old.group('t', 'g').inFlight(3);
    next.group('t', 'g').inFlight(2);
    next.watchListening(() => 'listening');
    old.close();
    expect(await value(metrics, 'in_flight', { topic: 't' })).toBe(2);
    expect(await value(metrics, 'listening')).toBe(1);
  });
});

test('the README has one row for each metric', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const rows = [...readme.matchAll(/^\| `(pubsub_postgresql_\w+)`\s*\| (\w+)/gm)].map(
    ([, name, type]) => `${name} ${type}`,
  );
  const made = [...(await createMetrics().text()).matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(
    ([, name, type]) => `${name} ${type}`,
  );
  expect(rows.sort()).toEqual(made.sort());
});

describe('a component', () => {
  let server: DatabaseServer;
  let world: World;
  let health: Health | undefined;
  beforeAll(async () => {
    server = await startDatabaseServer();
    world = await createWorld(server.url);
    await world.sql('create extension pg_stat_statements');
  });
  afterEach(async () => {
    health?.close();
    await world.stopAll();
  });
  afterAll(async () => {
    await world.close();
    await server.remove();
  });

  test('counts what is published, delivered, acknowledged, retried and given up', async () => {
    const metrics = createMetrics();
    const topic = fresh('counted');
    const replica = await world.replica(
      { maxDeliveries: '2', retryBackoff: '10ms', retryBackoffMax: '10ms' },
      metrics,
    );
    const pull = replica.pull(topic, ({ data }) => {
      const text = data.toString();
      if (text === 'kept') return 'hold';
      return text === 'bad' ? { error: 'no' } : undefined;
    });
    for (const text of ['good', 'good', 'bad', 'kept']) await replica.publish(topic, text);
    await until('all are delivered', () => pull.received.length === 5);
    const labels = { component: 'pubsub', topic, group: 'group-a' };
    await expect.poll(() => value(metrics, 'dead_total', labels)).toBe(1);
    expect(await value(metrics, 'published_total', { topic })).toBe(4);
    expect(await value(metrics, 'publish_duration_seconds_count', { topic })).toBe(4);
    expect(await value(metrics, 'delivered_total', labels)).toBe(5);
    expect(await value(metrics, 'delivery_latency_seconds_count', labels)).toBe(4);
    expect(await value(metrics, 'delivery_latency_seconds_sum', labels)).toBeGreaterThan(0);
    expect(await value(metrics, 'acknowledged_total', labels)).toBe(2);
    expect(await value(metrics, 'retried_total', labels)).toBe(1);
    expect(await value(metrics, 'in_flight', labels)).toBe(1);
    expect(await value(metrics, 'claims_total', { ...labels, result: 'messages' })).toBeGreaterThan(
      0,
    );
    expect(await value(metrics, 'wake_ups_total', { source: 'own' })).toBeGreaterThan(0);
    expect(await value(metrics, 'listening', { component: 'pubsub' })).toBe(1);
    await expect.poll(() => value(metrics, 'unread', labels), { timeout: 15_000 }).toBe(1);
    expect(await value(metrics, 'oldest_unread_age_seconds', labels)).toBeGreaterThan(0);
    expect(await value(metrics, 'group_given_up', labels)).toBe(0);
    expect(await value(metrics, 'group_inactive_seconds', labels)).toBeLessThan(120);
    expect(await value(metrics, 'log_bytes')).toBeGreaterThan(0);
    pull.ack(pull.received.find(({ data }) => data.toString() === 'kept')!.id);
    await expect.poll(() => value(metrics, 'in_flight', labels)).toBe(0);
    await expect.poll(() => value(metrics, 'unread', labels), { timeout: 15_000 }).toBe(0);
    await replica.stop();
    expect(await value(metrics, 'listening')).toBeUndefined();
  }, 60_000);

  test('scraped ten times a second, an idle one sends not one statement', async () => {
    const metrics = createMetrics();
    health = await serveHealth(0, () => true, metrics);
    const topic = fresh('idle');
    const replica = await world.replica(
      {
        pollInterval: '100ms',
        pollIntervalMax: '300ms',
        idleAfter: '1s',
        consumerID: fresh('group'),
      },
      metrics,
    );
    const pull = replica.pull(topic);
    await replica.publish(topic, 'first');
    await until('it is delivered', () => pull.received.length === 1);
    await pause(13_000); // idleAfter, and the last rounds of maintenance
    const before = await statements();
    expect(before.length).toBeGreaterThan(0);
    for (let scrape = 0; scrape < 60; scrape++) {
      const response = await fetch(`http://127.0.0.1:${health.port}/metrics`);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toContain('text/plain');
      expect(await response.text()).toContain(`topic="${topic}"`);
      await pause(100);
    }
    expect(await statements()).toEqual(before);
  }, 60_000);

  async function statements(): Promise<{ query: string; calls: string }[]> {
    return world.sql(
      `select query, calls from pg_stat_statements where query not like '%pg_stat_statements%' order by query`,
    );
  }
});
