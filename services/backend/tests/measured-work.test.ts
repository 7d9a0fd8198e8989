// What the backend measures of its own work, with a real database, real streams and real calls: reminders by how late they
// were, live views and their lag, tools by who called and how it ended.
import { onMeasured } from '@todo/runtime/measurements';
import type { Measurements } from '@todo/runtime/measurements';
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';

let t: TestBackend;
let url: string;
let stops: (() => void)[] = [];
beforeAll(async () => {
  t = await startTestBackend({
    chat: {
      states: {
        readVersioned: () => Promise.resolve(undefined),
        writeVersioned: () => Promise.resolve(true),
        deleteState: () => Promise.resolve(),
      },
    },
  });
  url = await t.backend.app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => t.close());
afterEach(() => {
  for (const stop of stops) stop();
  stops = [];
});

function record<K extends keyof Measurements>(name: K): Measurements[K][] {
  const seen: Measurements[K][] = [];
  stops.push(onMeasured(name, (value) => seen.push(value)));
  return seen;
}

it('reminders, by how late they were sent', async () => {
  const sent = record('reminder.sent');
  const at = new Date(Date.now() + 1_000).toISOString();
  await t.add('rita', { title: 'remind me', reminders: [{ at }] });
  await expect.poll(() => sent, { timeout: 20_000 }).toHaveLength(1);
  expect(sent[0]!.lateMs).toBeGreaterThanOrEqual(0);
  expect(sent[0]!.lateMs).toBeLessThan(20_000);
});

it('live views: how many, and how far behind; what is caught up with is no lag', async () => {
  const streams = record('live.streams');
  const lags = record('live.sent');
  const { id } = await t.add('lena', { title: 'before' });
  const leaving = new AbortController();
  const open = async (lastEventId: string): Promise<Response> =>
    await fetch(`${url}/api/v1/live`, {
      headers: { authorization: `Bearer ${await t.token('lena')}`, 'last-event-id': lastEventId },
      signal: leaving.signal,
    });
  const reader = (await open('0')).body!.pipeThrough(new TextDecoderStream()).getReader();
  const until = async (text: string): Promise<void> => {
    for (let seen = ''; !seen.includes(text);) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`the stream ended before ${text}`);
      seen += value;
    }
  };
  await until('before');
  expect(streams.at(-1)).toEqual({ open: 1 });
  expect(lags).toEqual([]);
  await t.ask('lena', 'PATCH', `/tasks/${id}`, { title: 'after' });
  await until('after');
  await expect.poll(() => lags.length).toBeGreaterThanOrEqual(1);
  for (const { lagMs } of lags) {
    expect(lagMs).toBeGreaterThanOrEqual(0);
    expect(lagMs).toBeLessThan(30_000);
  }
  leaving.abort();
  await expect.poll(() => streams.at(-1)).toEqual({ open: 0 });
});

it('calls of tools over MCP, by tool and outcome', async () => {
  const calls = record('tool.called');
  const call = async (name: string, args: object): Promise<void> => {
    await fetch(`${url}/mcp`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await t.token('mia')}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name, arguments: args },
      }),
    }).then((answer) => answer.text());
  };
  await call('add_task', { title: 'by MCP' });
  await call('add_task', { wrong: 1 });
  await call('get_task', { id: '0198f3c0-0000-7000-8000-000000000000' });
  await call('no_such_tool', {});
  expect(calls).toEqual([
    { via: 'mcp', tool: 'add_task', outcome: 'ok' },
    { via: 'mcp', tool: 'add_task', outcome: 'refused' },
    { via: 'mcp', tool: 'get_task', outcome: 'refused' },
  ]);
});

it('answers of the chat, by engine, and the tools it called', async () => {
  const answers = record('chat.answered');
  const calls = record('tool.called');
  const said = await fetch(`${url}/api/v1/chat/messages`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await t.token('cleo')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ text: 'add water the plants tomorrow' }),
  });
  await said.text();
  expect(answers).toEqual([{ engine: 'built-in', outcome: 'ok' }]);
  expect(calls).toContainEqual({ via: 'chat', tool: 'add_task', outcome: 'ok' });
});
