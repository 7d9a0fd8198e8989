// What the standard variables do: nothing without them, spans and log lines with them; and the names of what is recorded.
import { readFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import * as conventions from '@opentelemetry/semantic-conventions/incubating';
import { startOtlpReceiver } from '@todo/testing/otlp-receiver';
import type { OtlpReceiver } from '@todo/testing/otlp-receiver';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConfigError, readConfig } from '../src/config.ts';
import { createLogger } from '../src/log.ts';
import { createServer } from '../src/server.ts';
import { startTelemetry } from '../src/telemetry.ts';
import type { Telemetry } from '../src/telemetry.ts';
import { telemetryConfig } from '../src/telemetry-config.ts';
import { summaryOf } from '../src/database-span.ts';
import { continueTrace, currentTrace, inSpan, isRecording, withTrace } from '../src/trace.ts';

const SAMPLED = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const NOT_SAMPLED = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00';
const lines: string[] = [];
const log = createLogger(
  { service: 'telemetry', level: 'debug' },
  new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  }),
);

let receiver: OtlpReceiver;
let telemetry: Telemetry | undefined;
beforeEach(async () => {
  receiver = await startOtlpReceiver();
  lines.length = 0;
});
afterEach(async () => {
  await telemetry?.close();
  telemetry = undefined;
  await receiver.close();
  vi.unstubAllEnvs();
});

const start = async (env: Record<string, string>, edge = false): Promise<void> => {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  telemetry = await startTelemetry({
    service: 'own-name',
    config: readConfig(telemetryConfig),
    log,
    edge,
  });
};
/** Answers one request of a service, and what its trace was inside. */
const ask = async (traceparent?: string): Promise<string> => {
  const app = createServer({ log });
  app.get('/things/:id', () => currentTrace()?.traceparent);
  app.get('/health', { logLevel: 'silent' }, () => 'ok');
  await app.inject('/health');
  const answer = await app.inject({
    url: '/things/7?q=secret',
    headers: traceparent === undefined ? {} : { traceparent },
  });
  await app.close();
  return answer.body;
};

describe('traces', () => {
  it.each([
    ['without any variable', {}],
    ['with the SDK disabled', { OTEL_SDK_DISABLED: 'TRUE' }],
    ['with the exporter none', { OTEL_TRACES_EXPORTER: 'none' }],
  ])(
    'are off %s: nothing is recorded, and the context is passed on as it came',
    async (_what, env) => {
      const endpoint =
        Object.keys(env).length > 0 ? { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url } : {};
      await start({ ...endpoint, ...env });
      expect(telemetry).toBeUndefined();
      expect(isRecording()).toBe(false);
      expect(await ask(SAMPLED)).toBe(SAMPLED);
      expect(await ask()).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    },
  );

  it('are on with an endpoint: a span for a request, none for a probe', async () => {
    await start({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
    const inside = await ask(SAMPLED);
    await telemetry?.close();
    expect(receiver.spans).toEqual([
      {
        service: 'own-name',
        scope: 'todo',
        traceId: SAMPLED.split('-')[1],
        spanId: inside.split('-')[2],
        parentSpanId: SAMPLED.split('-')[2],
        name: 'GET /things/:id',
        kind: 'server',
        attributes: {
          'http.request.method': 'GET',
          'http.route': '/things/:id',
          'url.scheme': 'http',
          'http.response.status_code': 200,
        },
        links: [],
        failed: false,
      },
    ]);
  });

  it('have the names that OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES give', async () => {
    await start({
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_SERVICE_NAME: 'other-name',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=staging',
    });
    await ask();
    await telemetry?.close();
    expect(receiver.spans[0]?.service).toBe('other-name');
    expect(receiver.raw.join()).toContain('staging');
  });

  it.each([
    ['the default', {}, SAMPLED, 1],
    ['the default', {}, NOT_SAMPLED, 0],
    ['always_on', { OTEL_TRACES_SAMPLER: 'always_on' }, NOT_SAMPLED, 1],
    ['always_off', { OTEL_TRACES_SAMPLER: 'always_off' }, SAMPLED, 0],
    [
      'a ratio of 0',
      { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' },
      SAMPLED,
      0,
    ],
    [
      'a parent over a ratio of 0',
      { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' },
      SAMPLED,
      1,
    ],
  ])('sampler %s %j with parent %s: %i spans', async (_what, env, parent, count) => {
    await start({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, ...env });
    const inside = await ask(parent);
    await telemetry?.close();
    expect(receiver.spans).toHaveLength(count);
    expect(inside.split('-')[1]).toBe(parent.split('-')[1]);
    expect(inside.endsWith(count === 1 ? '-01' : '-00')).toBe(true);
  });

  it.each([
    ['1', NOT_SAMPLED, 1],
    ['0', SAMPLED, 0],
  ])('at the edge a ratio of %s decides, whatever a page says', async (ratio, parent, count) => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: ratio,
    };
    await start(env, true);
    await ask(parent);
    await telemetry?.close();
    expect(receiver.spans).toHaveLength(count);
  });

  it('what a span fails with is named by its kind, and its message stays here', async () => {
    await start({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
    const failing = withTrace(continueTrace(SAMPLED), () =>
      inSpan({ name: 'try', kind: 'internal' }, () => Promise.reject(new RangeError('secret'))),
    );
    await expect(failing).rejects.toThrow('secret');
    await telemetry?.close();
    expect(receiver.spans[0]).toMatchObject({
      failed: true,
      attributes: { 'error.type': 'RangeError' },
    });
    expect(receiver.raw.join()).not.toContain('secret');
  });

  it('a collector that is away costs one line, and no request', async () => {
    const { url } = receiver;
    await receiver.close();
    await start({ OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_EXPORTER_OTLP_TIMEOUT: '300' });
    expect(await ask(SAMPLED)).toContain(SAMPLED.split('-')[1]);
    await telemetry?.close();
    await expect.poll(() => lines.filter((line) => line.includes('not exported'))).toHaveLength(1);
    receiver = await startOtlpReceiver();
  });
});

describe('log lines', () => {
  it('leave by OTLP when asked, and are on stdout all the same', async () => {
    await start({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_LOGS_EXPORTER: 'otlp' });
    withTrace(continueTrace(SAMPLED), () => {
      log.warn({ taskId: 't1', req: { headers: { authorization: 'Bearer x' } } }, 'something');
    });
    await telemetry?.close();
    const sent = receiver.logs.find(({ message }) => message === 'something');
    expect(sent).toMatchObject({
      service: 'own-name',
      level: 'warn',
      traceId: SAMPLED.split('-')[1],
      spanId: SAMPLED.split('-')[2],
      attributes: { taskId: 't1' },
    });
    expect(receiver.raw.join()).not.toContain('Bearer x');
    const line = lines.find((one) => one.includes('"something"')) ?? '{}';
    expect(JSON.parse(line)).toMatchObject({ traceId: SAMPLED.split('-')[1], taskId: 't1' });
  });

  it('stay here otherwise', async () => {
    await start({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
    log.warn('something');
    await telemetry?.close();
    expect(receiver.logs).toEqual([]);
  });
});

describe('the configuration', () => {
  it('names everything that is wrong at once', () => {
    const wrong = () =>
      readConfig(telemetryConfig, {
        OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318',
        OTEL_TRACES_EXPORTER: 'jaeger',
        OTEL_LOGS_EXPORTER: 'console',
        OTEL_TRACES_SAMPLER: 'sometimes',
        OTEL_TRACES_SAMPLER_ARG: '2',
        OTEL_BSP_SCHEDULE_DELAY: '-1',
      });
    expect(wrong).toThrow(ConfigError);
    try {
      wrong();
    } catch (error) {
      expect((error as ConfigError).problems).toHaveLength(6);
    }
  });
});

describe('statements', () => {
  it.each([
    ['SELECT * FROM todo.tasks WHERE id = $1', 'SELECT', 'todo.tasks'],
    ['INSERT INTO "spans"."outbox" (id) VALUES ($1)', 'INSERT', 'spans.outbox'],
    ['UPDATE todo.users SET zone = $1', 'UPDATE', 'todo.users'],
    ['DELETE FROM ONLY todo.tasks', 'DELETE', 'todo.tasks'],
    [
      'WITH a AS (UPDATE todo.users SET n = (n + 1) RETURNING n), b AS (SELECT 1) INSERT INTO todo.changes SELECT 1',
      'INSERT',
      'todo.changes',
    ],
    [
      'WITH a AS (UPDATE todo.users SET n = 1 RETURNING n), b AS (INSERT INTO todo.changes SELECT 1 FOR UPDATE) SELECT n FROM a',
      'INSERT',
      'todo.changes',
    ],
    ['WITH a AS (SELECT id FROM todo.tasks FOR UPDATE) SELECT id FROM a', 'SELECT', 'a'],
    ['COMMIT', 'COMMIT', undefined],
    ['SELECT pg_notify($1, $2)', 'SELECT', undefined],
    ["VALUES ('a title')", 'OTHER', undefined],
  ])('%s', (text, operation, table) => {
    expect(summaryOf(text)).toEqual({ operation, table });
  });
});

it('every attribute but our own is a name of the semantic conventions', () => {
  const known = new Set<unknown>(Object.values(conventions));
  const used = [
    '../src/request-span.ts',
    '../src/database-span.ts',
    '../src/sidecar.ts',
    '../src/telemetry-sdk.ts',
    '../../messaging/src/message-span.ts',
  ]
    .map((file) => readFileSync(new URL(file, import.meta.url), 'utf8'))
    .flatMap((source) => [
      ...source.matchAll(
        /'((?:http|db|url|error|messaging|cloudevents|service|server)\.[a-z_.]+)'/g,
      ),
    ])
    .map(([, name = '']) => name);
  expect(used.length).toBeGreaterThan(10);
  expect(used.filter((name) => !known.has(name))).toEqual([]);
});
