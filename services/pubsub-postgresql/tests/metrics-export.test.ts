// The metrics by OTLP: from a real process, with the numbers that a scrape of it has; and nothing without the variables.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '@todo/local/free-port';
import { startOtlpReceiver, type OtlpReceiver } from '@todo/testing/otlp-receiver';
import { connectSidecar, until } from '@todo/testing/sidecar-client';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { exportsMetrics, readConfiguration } from '../src/configuration.ts';
import { exportMetrics } from '../src/metrics-export.ts';
import { createMetrics } from '../src/metrics.ts';
import { createWorld, fresh, type World } from './world.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
let world: World;
let receiver: OtlpReceiver;
let child: ChildProcess | undefined;
const folder = mkdtempSync(join(tmpdir(), 'pubsub-postgresql-otlp-'));
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  receiver = await startOtlpReceiver();
});
afterEach(async () => {
  child?.kill('SIGKILL');
  child = undefined;
  await receiver.close();
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await world.close();
});

test('a process sends what a scrape of it shows, again and at its end', async () => {
  const port = await freePort();
  child = spawn(process.execPath, [MAIN], {
    stdio: 'ignore',
    env: {
      ...process.env,
      DAPR_COMPONENTS_SOCKETS_FOLDER: folder,
      DAPR_HTTP_PORT: String(await freePort()),
      HEALTH_PORT: String(port),
      LOG_LEVEL: 'silent',
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_METRIC_EXPORT_INTERVAL: '200',
      OTEL_SERVICE_NAME: 'backend-pubsub',
    },
  });
  await until('the socket is there', () => readdirSync(folder).includes('postgresql.sock'), 60_000);
  const client = connectSidecar(join(folder, 'postgresql.sock'));
  await client.init({ connectionString: world.url, consumerID: fresh('group') });
  const topic = fresh('otlp');
  for (let n = 0; n < 3; n += 1) await client.publish(topic, 'x');
  const published = () =>
    receiver.points.filter(
      ({ name, attributes }) =>
        name === 'pubsub_postgresql_published_total' && attributes['topic'] === topic,
    );
  await until('three messages are counted', () => published().at(-1)?.value === 3, 30_000);
  const [point] = published();
  expect(point).toMatchObject({ service: 'backend-pubsub', kind: 'sum' });
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  expect(text).toMatch(new RegExp(`^pubsub_postgresql_published_total\\{.*${topic}.*\\} 3$`, 'm'));
  const scraped = new Set([...text.matchAll(/^# TYPE (\w+) \w+\n\1/gm)].map(([, name]) => name));
  expect(scraped.size).toBeGreaterThan(3);
  await until('all are there', () => {
    const sent = new Set(receiver.points.map(({ name }) => name));
    return [...scraped].every((name) => sent.has(name ?? ''));
  });
  const took = receiver.points.findLast(
    ({ name }) => name === 'pubsub_postgresql_publish_duration_seconds',
  );
  expect(took).toMatchObject({ unit: 's', kind: 'histogram', histogram: { count: 3 } });
  expect(took?.histogram?.counts.reduce((sum, count) => sum + count, 0)).toBe(3);
  await client.publish(topic, 'last');
  client.close();
  const ended = new Promise((resolve) => child?.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
  expect(published().at(-1)?.value).toBe(4);
}, 90_000);

test('no more series for more topics, groups and components', async () => {
  const metrics = createMetrics(5);
  for (let n = 0; n < 300; n += 1) {
    const component = metrics.observe(`component-${n}`);
    component.published(`topic-${n}`, 1, 0, 1);
    component.group(`topic-${n}`, 'g').acknowledged(1);
  }
  const close = withEndpoint(() =>
    exportMetrics(metrics, 60_000, 30_000, pino({ level: 'silent' })),
  );
  await close();
  const published = receiver.points.filter(({ name }) => name.endsWith('published_total'));
  expect(published.length).toBeLessThanOrEqual(11);
  expect(published.reduce((sum, { value = 0 }) => sum + value, 0)).toBe(300);
});

test.each([
  ['no variable', {}, false],
  ['the base endpoint', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' }, true],
  ['the endpoint of metrics', { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://c/v1/metrics' }, true],
  ['the endpoint of traces', { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c/v1/traces' }, false],
  ['the exporter', { OTEL_METRICS_EXPORTER: 'otlp' }, true],
  ['none', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318', OTEL_METRICS_EXPORTER: 'none' }, false],
  ['disabled', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318', OTEL_SDK_DISABLED: 'TRUE' }, false],
])('with %s: %s', (_what, env: Record<string, string>, exported) => {
  expect(exportsMetrics(readConfiguration(env))).toBe(exported);
});

test('what is wrong is listed at once', () => {
  const wrong = { OTEL_METRICS_EXPORTER: 'statsd', OTEL_METRIC_EXPORT_INTERVAL: '0' };
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' };
  expect(() => readConfiguration({ ...wrong, ...endpoint })).toThrow(
    /OTEL_METRICS_EXPORTER.*OTEL_EXPORTER_OTLP_ENDPOINT.*OTEL_METRIC_EXPORT_INTERVAL/,
  );
});

/** The exporter reads the endpoint from the environment when it is made. */
function withEndpoint<T>(make: () => T): T {
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = receiver.url;
  try {
    return make();
  } finally {
    delete process.env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  }
}
