// What telemetry says of a person's requests: a change's spans down to the message on the live stream, and nothing that the
// person wrote, whatever they ask for.
import { readConfig } from '@todo/runtime/config';
import { createLogger } from '@todo/runtime/log';
import { startTelemetry } from '@todo/runtime/telemetry';
import type { Telemetry } from '@todo/runtime/telemetry';
import { telemetryConfig } from '@todo/runtime/telemetry-config';
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';
import { drawTrace } from '@todo/testing/otlp-json';
import { startOtlpReceiver } from '@todo/testing/otlp-receiver';
import type { OtlpReceiver } from '@todo/testing/otlp-receiver';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';

const CANARY = 'kanarek4711';
const TRACE = '5bf92f3577b34da6a3ce929d0e0e4736';
const TRACEPARENT = `00-${TRACE}-00f067aa0ba902b7-01`;

let receiver: OtlpReceiver;
let telemetry: Telemetry | undefined;
let t: TestBackend;

beforeAll(async () => {
  receiver = await startOtlpReceiver();
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', receiver.url);
  vi.stubEnv('OTEL_LOGS_EXPORTER', 'otlp');
  vi.stubEnv('OTEL_BSP_SCHEDULE_DELAY', '20');
  telemetry = await startTelemetry({
    service: 'todo-backend',
    config: readConfig(telemetryConfig),
    log: createLogger({ service: 'test', level: 'silent' }),
  });
  t = await startTestBackend();
});
afterAll(async () => {
  await t.close();
  await telemetry?.close();
  await receiver.close();
  vi.unstubAllEnvs();
});

/** Opens a live stream and gives what has come so far. */
async function listen(user: string): Promise<{ text: () => string; close: () => void }> {
  const url = await t.backend.app.listen({ host: '127.0.0.1', port: 0 });
  const leaving = new AbortController();
  const answer = await fetch(`${url}/api/v1/live`, {
    headers: { authorization: `Bearer ${await t.token(user)}` },
    signal: leaving.signal,
  });
  let came = '';
  const read = async (): Promise<void> => {
    for await (const chunk of answer.body ?? []) came += Buffer.from(chunk).toString();
  };
  read().catch(() => undefined); // closed by us
  await expect.poll(() => came).toContain('event: ready');
  return {
    text: () => came,
    close: () => {
      leaving.abort();
    },
  };
}

it('a change is one trace from the request to the live stream, whose message carries it on', async () => {
  const live = await listen('anna');
  await t.ask('anna', 'POST', '/tasks', { title: CANARY }, { traceparent: TRACEPARENT });
  await expect.poll(live.text).toContain('event: task');
  const data = JSON.parse(/event: task\ndata: (.*)/.exec(live.text())?.[1] ?? '{}') as {
    traceparent?: string;
  };
  const mine = () => receiver.spans.filter(({ traceId }) => traceId === TRACE);
  await expect.poll(() => mine().map(({ name }) => name)).toContain('send task-events');
  await expect
    .poll(() => mine().find(({ name }) => name === 'live task')?.spanId)
    .toBe(data.traceparent?.split('-')[2]);
  const drawn = drawTrace(mine());
  expect(drawn.split('\n')[0]).toBe('todo-backend: POST /api/v1/tasks');
  for (const line of [
    '  todo-backend: INSERT todo.tasks',
    '  todo-backend: INSERT todo.outbox',
    '  todo-backend: INSERT todo.changes',
    '  todo-backend: COMMIT',
    '  todo-backend: send task-events',
    '  todo-backend: live task',
  ])
    expect(drawn.split('\n')).toContain(line);
  live.close();
});

it('nothing that a person wrote leaves: titles, notes, tags, search words, wrong paths, bad input', async () => {
  const { id } = await t.add('ben', { title: CANARY, notes: CANARY, tags: [CANARY] });
  await t.ask('ben', 'PATCH', `/tasks/${id}`, { title: `${CANARY} 2` }, { 'if-match': '"1"' });
  await t.ask('ben', 'GET', `/tasks?q=${CANARY}&tag=${CANARY}`);
  await t.ask('ben', 'GET', `/${CANARY}/${CANARY}?q=${CANARY}`);
  await t.ask('ben', 'POST', '/tasks', { title: CANARY, priority: CANARY });
  await t.ask('ben', 'POST', '/lists', { name: CANARY });
  await t.ask('ben', 'GET', `/tasks/${CANARY}`);
  await t.ask('ben', 'POST', '/quick-add/preview', { text: `${CANARY} tomorrow` });
  await t.ask('ben', 'POST', '/tasks', { title: `${CANARY}\u0000` });
  await expect.poll(() => receiver.spans.map(({ name }) => name)).toContain('INSERT todo.lists');
  const all = receiver.raw.join('\n');
  expect(all).not.toContain(CANARY);
  expect(all).not.toContain('ben@example.com');
});
