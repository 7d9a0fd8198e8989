// The spans of an event's way, as OpenTelemetry's exporter sends them: request → outbox → relay → delivery → effect, also when
// a delivery fails and comes again. The sidecar and the broker between are played by the test; trace-through-daprd.test.ts has
// a real one.
import { randomUUID } from 'node:crypto';
import { readConfig } from '@todo/runtime/config';
import { createPool, withTransaction } from '@todo/runtime/database';
import type { Pool } from '@todo/runtime/database';
import { createLogger } from '@todo/runtime/log';
import { migrate } from '@todo/runtime/migrate';
import { createServer } from '@todo/runtime/server';
import type { Server } from '@todo/runtime/server';
import type { OutgoingEvent } from '@todo/runtime/sidecar';
import { startTelemetry } from '@todo/runtime/telemetry';
import type { Telemetry } from '@todo/runtime/telemetry';
import { telemetryConfig } from '@todo/runtime/telemetry-config';
import { drawTrace } from '@todo/testing/otlp-json';
import { startOtlpReceiver } from '@todo/testing/otlp-receiver';
import type { OtlpReceiver } from '@todo/testing/otlp-receiver';
import { createTestDatabase } from '@todo/testing/test-database-client';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { deadLetterMigrations } from '../src/dead-letters.ts';
import { inboxMigrations } from '../src/inbox.ts';
import { appendEvent, outboxMigrations, startOutboxRelay } from '../src/outbox.ts';
import type { OutboxRelay } from '../src/outbox.ts';
import { subscriber } from '../src/subscriber.ts';

const SCHEMA = 'spans_test';
const TOKEN = 'sidecar-token-for-tests';
const CANARY = 'canary-9f1c';
const log = createLogger({ service: 'test', level: 'silent' });

let receiver: OtlpReceiver;
let telemetry: Telemetry | undefined;
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let pool: Pool;
let app: Server;
let relay: OutboxRelay;
let published: OutgoingEvent[] = [];
let trouble: Error | undefined;

beforeAll(async () => {
  receiver = await startOtlpReceiver();
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', receiver.url);
  vi.stubEnv('OTEL_BSP_SCHEDULE_DELAY', '20');
  telemetry = await startTelemetry({ service: 'spans', config: readConfig(telemetryConfig), log });
  database = await createTestDatabase();
  const migrations = [...outboxMigrations, ...inboxMigrations, ...deadLetterMigrations];
  await migrate({ url: database.url, schema: SCHEMA, log, migrations });
  pool = createPool({ url: database.url, application: 'spans-test', log });
  app = createServer({ log });
  await app.register(subscriber, {
    pool,
    schema: SCHEMA,
    appApiToken: TOKEN,
    handlers: {
      reminders: async (_event, once) => {
        if (trouble) throw trouble;
        await once(() => Promise.resolve());
      },
    },
  });
  app.post('/remind/:count', async (request) => {
    const { count } = request.params as { count: string };
    await withTransaction(pool, async (client) => {
      for (let n = 0; n < Number(count); n += 1)
        await appendEvent(client, SCHEMA, {
          topic: 'reminders',
          type: 'todo.reminder.due.v1',
          key: randomUUID(),
          time: new Date(),
          data: {
            userId: `${CANARY}@example.com`,
            taskId: randomUUID(),
            reminderId: randomUUID(),
            title: CANARY,
            dueAt: null,
            remindAt: '',
            zone: 'UTC',
            locale: 'en',
          },
        });
    });
    return {};
  });
  relay = startOutboxRelay({
    pool,
    schema: SCHEMA,
    source: '/todo/test',
    log,
    publish: (_topic, event) => {
      published.push(event);
      return Promise.resolve();
    },
  });
});
beforeEach(() => {
  published = [];
  trouble = undefined;
});
afterAll(async () => {
  await relay.stop();
  await telemetry?.close();
  await app.close();
  await pool.end();
  await database.drop();
  await receiver.close();
  vi.unstubAllEnvs();
});

const remind = async (count: number): Promise<OutgoingEvent[]> => {
  await app.inject({ method: 'POST', url: `/remind/${count}?q=${CANARY}` });
  relay.wake();
  await relay.idle();
  expect(published).toHaveLength(count);
  return published;
};
const deliver = async (event: OutgoingEvent, headers: object = {}) =>
  (
    await app.inject({
      method: 'POST',
      url: '/events/reminders',
      headers: {
        'content-type': 'application/cloudevents+json',
        'dapr-api-token': TOKEN,
        ...headers,
      },
      payload: JSON.stringify({ specversion: '1.0', topic: 'reminders', ...event }),
    })
  ).json<{ status: string }>().status;
const traceIdOf = (event: OutgoingEvent | undefined) => event?.traceparent?.split('-')[1] ?? 'none';
const drawn = (traceId: string) =>
  drawTrace(receiver.spans.filter((span) => span.traceId === traceId));

it('a change, its relay, its delivery and its effect are one trace', async () => {
  const [event] = await remind(1);
  expect(await deliver(event as OutgoingEvent)).toBe('SUCCESS');
  await expect
    .poll(() => drawn(traceIdOf(event)))
    .toBe(
      [
        'spans: POST /remind/:count',
        '  spans: INSERT spans_test.outbox',
        '  spans: COMMIT',
        '  spans: send reminders',
        '    spans: process reminders',
        '      spans: SELECT spans_test.inbox',
        '      spans: INSERT spans_test.inbox',
        '      spans: COMMIT',
      ].join('\n'),
    );
});

it('a delivery that fails and comes again stays in the trace, each below what published it', async () => {
  const [event] = await remind(1);
  trouble = new TypeError(CANARY);
  expect(await deliver(event as OutgoingEvent)).toBe('RETRY');
  trouble = undefined;
  expect(await deliver(event as OutgoingEvent)).toBe('SUCCESS');
  expect(await deliver(event as OutgoingEvent)).toBe('SUCCESS');
  const deliveries = () =>
    receiver.spans.filter(
      ({ traceId, name }) => traceId === traceIdOf(event) && name === 'process reminders',
    );
  await expect.poll(deliveries).toHaveLength(3);
  expect(deliveries().map(({ attributes }) => attributes['todo.event.outcome'])).toEqual([
    'to be delivered again',
    'handled',
    'handled before',
  ]);
  expect(deliveries()[0]).toMatchObject({
    failed: true,
    attributes: { 'error.type': 'TypeError' },
  });
  expect(new Set(deliveries().map(({ parentSpanId }) => parentSpanId)).size).toBe(1);
});

it('a delivery is below the sidecar’s own span, where its trace is the event’s', async () => {
  const [event] = await remind(1);
  const spanId = 'b7ad6b7169203331';
  await deliver(event as OutgoingEvent, { traceparent: `00-${traceIdOf(event)}-${spanId}-01` });
  await expect
    .poll(() => receiver.spans.find(({ parentSpanId }) => parentSpanId === spanId)?.name)
    .toBe('POST /events/reminders');
});

it('a delivery in a trace of the sidecar’s own is linked to it', async () => {
  const [event] = await remind(1);
  const other = '0af7651916cd43dd8448eb211c80319c';
  await deliver(event as OutgoingEvent, { traceparent: `00-${other}-b7ad6b7169203331-01` });
  const delivery = () =>
    receiver.spans.find(
      ({ name, traceId }) => name === 'process reminders' && traceId === traceIdOf(event),
    );
  await expect.poll(() => delivery()?.links.map(({ traceId }) => traceId)).toEqual([other]);
});

it('a pass over several rows is linked to each, and they to it', async () => {
  const events = await remind(3);
  const pass = () => receiver.spans.findLast(({ name }) => name === 'relay outbox');
  await expect.poll(pass).toMatchObject({
    attributes: { 'messaging.batch.message_count': 3 },
    parentSpanId: '',
  });
  const sends = () =>
    receiver.spans.filter(
      ({ name, traceId }) => name === 'send reminders' && traceId === traceIdOf(events[0]),
    );
  await expect.poll(sends).toHaveLength(3);
  expect(pass()?.links).toHaveLength(3);
  for (const { links } of sends()) expect(links[0]?.spanId).toBe(pass()?.spanId);
});

it('what a stranger or a person wrote is in none of it', async () => {
  await deliver({ ...((await remind(1))[0] as OutgoingEvent), id: CANARY, type: CANARY });
  await expect
    .poll(() =>
      receiver.spans.some(({ attributes }) => attributes['todo.event.outcome'] === 'dead letter'),
    )
    .toBe(true);
  expect(receiver.raw.join('\n')).not.toContain(CANARY);
  expect(receiver.raw.join('\n')).not.toContain(TOKEN);
});
