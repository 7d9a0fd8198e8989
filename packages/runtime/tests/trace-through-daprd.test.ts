// What a real sidecar makes of a trace: one id from a request through an event to its consumer, and through a call to another
// service, with all traces sampled and with none. Needs daprd: the variable DAPRD, or `daprd` on the PATH.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '@todo/local/free-port';
import { createTestDatabase } from '@todo/testing/test-database-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPool, withTransaction } from '../src/database.ts';
import type { Pool } from '../src/database.ts';
import { deadLetterMigrations } from '@todo/messaging/dead-letters';
import { inboxMigrations } from '@todo/messaging/inbox';
import { createLogger } from '../src/log.ts';
import { migrate } from '../src/migrate.ts';
import { appendEvent, outboxMigrations, startOutboxRelay } from '@todo/messaging/outbox';
import type { OutboxRelay } from '@todo/messaging/outbox';
import { createServer } from '../src/server.ts';
import type { Server } from '../src/server.ts';
import { createSidecar } from '../src/sidecar.ts';
import type { Sidecar } from '../src/sidecar.ts';
import { subscriber } from '@todo/messaging/subscriber';
import { continueTrace, withTrace } from '../src/trace.ts';
import { uuidv7 } from '../src/uuid.ts';
import { DAPRD } from '@todo/testing/state-sidecar';

const TOKEN = 'sidecar-token-for-tests';
const SCHEMA = 'trace_test';

const resources = (samplingRate: string): Record<string, string> => ({
  'pubsub.yaml': `apiVersion: dapr.io/v1alpha1
kind: Component
metadata: { name: pubsub }
spec: { type: pubsub.in-memory, version: v1, metadata: [] }
---
apiVersion: dapr.io/v2alpha1
kind: Subscription
metadata: { name: updates }
spec: { pubsubname: pubsub, topic: task-updates, routes: { default: /events/task-updates }, deadLetterTopic: dead }
---
apiVersion: dapr.io/v2alpha1
kind: Subscription
metadata: { name: dead }
spec: { pubsubname: pubsub, topic: dead, routes: { default: /events/dead } }
`,
  'config.yaml': `apiVersion: dapr.io/v1alpha1
kind: Configuration
metadata: { name: todo }
spec: { tracing: { samplingRate: '${samplingRate}' } }
`,
});

/** A line of a service's log. */
interface Line {
  msg: string;
  eventId?: string;
  traceId?: string;
}

describe.skipIf(!DAPRD).each(['1', '0'])('a trace through daprd, sampling rate %s', (rate) => {
  let folder: string;
  let daprd: ChildProcess;
  let app: Server;
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let pool: Pool;
  let sidecar: Sidecar;
  let relay: OutboxRelay;
  let publishUrl: string;
  const lines: Line[] = [];
  /** Bodies as they were delivered. */
  const delivered: Record<string, unknown>[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    const log = createLogger(
      { service: 'test', level: 'debug' },
      new Writable({
        write(chunk: Buffer, _encoding, done) {
          for (const line of chunk.toString().trim().split('\n'))
            lines.push(JSON.parse(line) as Line);
          done();
        },
      }),
    );
    const migrations = [...outboxMigrations, ...inboxMigrations, ...deadLetterMigrations];
    await migrate({ url: database.url, schema: SCHEMA, migrations, log });
    pool = createPool({ url: database.url, application: 'trace-test', log });
    app = createServer({ log });
    app.addHook('preHandler', (request, _reply, done) => {
      if (request.url.startsWith('/events/') && Buffer.isBuffer(request.body))
        delivered.push(JSON.parse(request.body.toString()) as Record<string, unknown>);
      done();
    });
    await app.register(subscriber, {
      pool,
      schema: SCHEMA,
      appApiToken: TOKEN,
      handlers: {
        'task-updates': async (event, once) => {
          log.info({ eventId: event.id }, 'handling');
          await once(() => Promise.resolve());
        },
      },
    });
    app.get('/called', (request) => {
      request.log.info('called');
      return Object.keys(request.headers).sort();
    });
    await app.listen({ host: '127.0.0.1', port: 0 });

    folder = await mkdtemp(join(tmpdir(), 'trace-daprd-'));
    for (const [name, text] of Object.entries(resources(rate)))
      await writeFile(join(folder, name), text);
    const [http = 0, grpc = 0, internal = 0, metrics = 0] = await freePorts(4);
    publishUrl = `http://127.0.0.1:${http}/v1.0/publish/pubsub/task-updates`;
    daprd = spawn(
      DAPRD ?? '',
      [
        ['--app-id', 'me'],
        ['--app-port', String((app.server.address() as AddressInfo).port)],
        ['--resources-path', folder],
        ['--config', join(folder, 'config.yaml')],
        ['--dapr-http-port', String(http)],
        ['--dapr-grpc-port', String(grpc)],
        ['--dapr-internal-grpc-port', String(internal)],
        ['--metrics-port', String(metrics)],
        ['--dapr-listen-addresses', '127.0.0.1'],
      ].flat(),
      { stdio: 'ignore', env: { ...process.env, APP_API_TOKEN: TOKEN } },
    );
    sidecar = createSidecar({
      host: '127.0.0.1',
      port: http,
      pubsub: 'pubsub',
      statestore: 'none',
    });
    while (!(await sidecar.isReady())) await sleep(100);
    await sleep(500); // subscriptions start after the sidecar is ready
    relay = startOutboxRelay({
      pool,
      schema: SCHEMA,
      source: '/todo/test',
      publish: sidecar.publish,
      log,
    });
  });
  afterAll(async () => {
    await relay.stop();
    await sidecar.close();
    const ended = new Promise((done) => daprd.once('exit', done));
    daprd.kill('SIGKILL');
    await ended;
    await app.close();
    await pool.end();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  const append = (): Promise<string> => {
    const id = uuidv7();
    return withTransaction(pool, (client) =>
      appendEvent(client, SCHEMA, {
        topic: 'task-updates',
        type: 'todo.occurrence.created.v1',
        key: id,
        time: new Date(),
        data: { userId: 'u', seriesId: id, taskId: id, previousTaskId: id, occurrence: 1, at: '' },
      }),
    );
  };
  /** Trace ids of the lines that name an event, by their messages; waits for the messages named, in any order. */
  const tracesOf = async (
    eventId: string,
    ...awaited: string[]
  ): Promise<Record<string, string | undefined>> => {
    const mine = (): Line[] => lines.filter((line) => line.eventId === eventId);
    await expect
      .poll(() => mine().map(({ msg }) => msg), { timeout: 10_000 })
      .toEqual(expect.arrayContaining(['event handled', ...awaited]));
    return Object.fromEntries(mine().map(({ msg, traceId }) => [msg, traceId]));
  };

  it('goes from a request through the outbox to the consumer’s lines', async () => {
    const trace = continueTrace();
    const id = await withTrace(trace, append);
    relay.wake();
    // An event may be handled before its publisher has daprd's answer.
    expect(await tracesOf(id, 'event published')).toEqual({
      'event published': trace.traceId,
      handling: trace.traceId,
      'event handled': trace.traceId,
    });
  });

  it('is each event’s own, whoever woke the relay', async () => {
    const traces = Array.from({ length: 5 }, () => continueTrace());
    const ids = await Promise.all(traces.map((trace) => withTrace(trace, append)));
    withTrace(continueTrace(), relay.wake);
    for (const [index, id] of ids.entries()) {
      const found = new Set(Object.values(await tracesOf(id)));
      expect(found).toEqual(new Set([traces[index]?.traceId]));
    }
  });

  it('begins with the event where there is no request', async () => {
    const id = await append();
    relay.wake();
    const found = new Set(Object.values(await tracesOf(id)));
    expect(found.size).toBe(1);
    expect([...found][0]).toMatch(/^[0-9a-f]{32}$/);
  });

  it('goes through a call to a service', async () => {
    const trace = continueTrace();
    await withTrace(trace, () => sidecar.invoke('me', 'GET', '/called'));
    expect(lines.findLast(({ msg }) => msg === 'called')?.traceId).toBe(trace.traceId);
  });

  it.each([
    ['no trace at all', {}],
    ['empty texts', { traceparent: '', traceid: '' }],
    ['another system’s form', { traceparent: 'b7ad6b7169203331', traceid: '12' }],
  ])(
    'an event of somebody else with %s is handled, its lines in one trace',
    async (_what, more) => {
      const id = uuidv7();
      const answer = await fetch(publishUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/cloudevents+json' },
        body: JSON.stringify({
          specversion: '1.0',
          id,
          source: '/elsewhere',
          type: 'todo.occurrence.created.v1',
          subject: id,
          data: {
            userId: 'u',
            seriesId: id,
            taskId: id,
            previousTaskId: id,
            occurrence: 1,
            at: '',
          },
          ...more,
        }),
      });
      expect(answer.status).toBe(204);
      const found = new Set(Object.values(await tracesOf(id)));
      expect(found.size).toBe(1);
    },
  );

  it('what is published carries the trace twice, as text', async () => {
    const id = await withTrace(continueTrace(), append);
    relay.wake();
    await tracesOf(id);
    const body = delivered.find((event) => event['id'] === id);
    expect(body?.['traceparent']).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/);
    expect(body?.['traceid']).toBe(body?.['traceparent']);
    expect(body).not.toHaveProperty('expiration');
  });
});
