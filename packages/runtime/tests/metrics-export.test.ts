// Metrics by OTLP: the same numbers as the Prometheus endpoint's, sent to what the standard variables name, and nothing at all
// without them.
import { Writable } from 'node:stream';
import { startOtlpReceiver } from '@todo/testing/otlp-receiver';
import type { OtlpReceiver } from '@todo/testing/otlp-receiver';
import type { ExportedPoint } from '@todo/testing/otlp-json';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConfigError, readConfig } from '../src/config.ts';
import { databaseClock } from '../src/database-clock.ts';
import { createPool } from '../src/database.ts';
import { createLogger } from '../src/log.ts';
import { measured } from '../src/measurements.ts';
import { startMetrics } from '../src/metrics.ts';
import type { Metrics } from '../src/metrics.ts';
import type { Answered } from '../src/server.ts';
import { telemetryConfig } from '../src/telemetry-config.ts';

const lines: string[] = [];
const log = createLogger(
  { service: 'test', level: 'debug' },
  new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  }),
);
// Never connected: an export asks the database nothing, like a scrape.
const pool = createPool({
  url: 'postgres://nobody@127.0.0.1:1/none',
  application: 'test',
  max: 3,
  log,
});

let receiver: OtlpReceiver;
let metrics: Metrics | undefined;
let answer: (answered: Answered) => void = () => undefined;
beforeEach(async () => {
  receiver = await startOtlpReceiver();
  lines.length = 0;
  answer = () => undefined;
});
afterEach(async () => {
  await metrics?.close();
  metrics = undefined;
  await receiver.close();
  vi.unstubAllEnvs();
});

const start = async (env: Record<string, string>, port?: number): Promise<void> => {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  metrics = await startMetrics({
    host: '127.0.0.1',
    port,
    service: 'test-service',
    config: readConfig(telemetryConfig),
    log,
    requests: (observe) => {
      answer = observe;
      return () => undefined;
    },
    pool,
    clock: databaseClock(pool, { log }),
  });
};
const scraped = async (): Promise<string> =>
  await (await fetch(`http://127.0.0.1:${metrics?.port ?? 0}/metrics`)).text();
const sent = (name: string): ExportedPoint[] =>
  receiver.points.filter((point) => point.name === name);

describe('are not measured, and nothing is loaded,', () => {
  it.each([
    ['without any variable', {}],
    ['with the SDK disabled', { OTEL_SDK_DISABLED: 'true' }],
    ['with the exporter none', { OTEL_METRICS_EXPORTER: 'none' }],
    ['with an endpoint for traces only', { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'x' }],
  ])('%s', async (_what, env: Record<string, string>) => {
    const endpoint =
      'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT' in env
        ? { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${receiver.url}/v1/traces` }
        : Object.keys(env).length > 0
          ? { ...env, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url }
          : {};
    await start(endpoint);
    expect(metrics).toBeUndefined();
  });
});

describe('are sent', () => {
  it.each([
    ['to the base endpoint', (url: string) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: url })],
    [
      'to an endpoint of their own',
      (url: string) => ({ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${url}/v1/metrics` }),
    ],
    [
      'when the exporter is named',
      (url: string) => ({ OTEL_METRICS_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: url }),
    ],
  ])('%s, without a port for scrapes', async (_what, env) => {
    await start(env(receiver.url));
    expect(metrics?.port).toBeUndefined();
    answer({ method: 'GET', route: '/things/:id', status: 200, ms: 42 });
    await metrics?.close(); // what is left leaves at the end
    expect(sent('todo_http_request_duration_seconds')).toEqual([
      {
        service: 'test-service',
        instance: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        name: 'todo_http_request_duration_seconds',
        unit: 's',
        kind: 'histogram',
        attributes: { method: 'GET', route: '/things/:id', status: '200', service: 'test-service' },
        value: undefined,
        histogram: {
          count: 1,
          sum: 0.042,
          bounds: [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 10],
          counts: [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0],
        },
      },
    ]);
  });

  it('again and again, as often as OTEL_METRIC_EXPORT_INTERVAL says', async () => {
    await start({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_METRIC_EXPORT_INTERVAL: '50' });
    measured('event.dead', { topic: 'task-events', type: 'todo.task.created.v1' });
    await expect.poll(() => sent('todo_build_info').length).toBeGreaterThan(2);
  });

  it('with the same series and values as a scrape has', async () => {
    await start({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url }, 0);
    for (const ms of [1, 260, 700, 30_000])
      answer({ method: 'POST', route: '/a', status: 201, ms });
    measured('event.published', { topic: 'task-events', type: 'x', outcome: 'failed' });
    measured('reminder.sent', { lateMs: 4_000 });
    measured('tool.called', { via: 'mcp', tool: 'list_tasks', outcome: 'ok' });
    const text = await scraped();
    await metrics?.close();
    const own = (name: string): boolean => !/^todo_(?:process|nodejs)_/.test(name);
    const inScrape = [...text.matchAll(/^(todo_\w+)\{(.*)\} (\S+)$/gm)]
      .filter(([, name = '']) => own(name) && !/_bucket$|_sum$/.test(name))
      .map(([, name, labels = '', value]) => `${name}{${sorted(labels.split(','))}} ${value}`);
    const inExport = receiver.points
      .filter(({ name }) => own(name))
      .map(({ name, attributes, value, histogram }) => {
        const labels = Object.entries(attributes).map(([key, of]) => `${key}="${String(of)}"`);
        return histogram
          ? `${name}_count{${sorted(labels)}} ${histogram.count}`
          : `${name}{${sorted(labels)}} ${value}`;
      });
    expect(inExport.sort()).toEqual(inScrape.sort());
    expect(inExport.length).toBeGreaterThan(15);
    const [requests] = sent('todo_http_request_duration_seconds');
    expect(requests?.histogram?.counts).toEqual([1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1]);
    const lag = receiver.points.find(({ name }) => name === 'todo_nodejs_heap_size_used_bytes');
    expect(lag).toMatchObject({ kind: 'gauge', unit: 'By' });
    expect(sent('todo_events_published_total')[0]).toMatchObject({ kind: 'sum', value: 1 });
  });

  it('with no more series for what strangers send', async () => {
    await start({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
    for (let n = 0; n < 300; n += 1) {
      measured('event.delivered', { topic: `t${n}`, type: `x${n}`, outcome: 'handled', ageMs: n });
      measured('event.dead', { topic: `t${n}`, type: `x${n}` });
      measured('page.vital', { name: `v${n}`, value: 1 });
      answer({ method: `M${n}`, route: '(no route)', status: 404, ms: 1 });
    }
    await metrics?.close();
    expect(receiver.points.length).toBeLessThan(150);
    expect(sent('todo_event_deliveries_total')).toMatchObject([
      { value: 300, attributes: { topic: 'other', type: 'other' } },
    ]);
  });

  it('and a collector that is away costs one line, and the scrape goes on', async () => {
    const { url } = receiver;
    await receiver.close();
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_METRIC_EXPORT_INTERVAL: '40' };
    await start({ ...env, OTEL_EXPORTER_OTLP_TIMEOUT: '30' }, 0);
    const complaints = () => lines.filter((line) => line.includes('not exported'));
    await expect.poll(() => complaints().length).toBe(1);
    expect(await scraped()).toContain('todo_build_info');
    await metrics?.close();
    expect(complaints()).toHaveLength(1);
    receiver = await startOtlpReceiver();
  });
});

describe('the configuration', () => {
  it('names everything that is wrong at once', () => {
    const wrong = {
      OTEL_METRICS_EXPORTER: 'prometheus',
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'collector:4318',
      OTEL_METRIC_EXPORT_INTERVAL: '0',
      OTEL_METRIC_EXPORT_TIMEOUT: 'soon',
      OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta',
    };
    expect(() => readConfig(telemetryConfig, wrong)).toThrow(ConfigError);
    try {
      readConfig(telemetryConfig, wrong);
    } catch (error) {
      const { problems } = error as ConfigError;
      for (const name of Object.keys(wrong)) expect(problems.join('\n')).toContain(name);
    }
  });

  it('takes a timeout that is longer than the interval as the interval', async () => {
    await start({
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_METRIC_EXPORT_INTERVAL: '100',
      OTEL_METRIC_EXPORT_TIMEOUT: '60000',
    });
    await expect.poll(() => receiver.points.length).toBeGreaterThan(0);
  });
});

function sorted(labels: readonly string[]): string {
  return [...labels].sort().join();
}
