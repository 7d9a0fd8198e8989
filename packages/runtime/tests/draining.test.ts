// A server of ours that is about to end says so with each answer: a client that is not told sends its next request into a
// connection that ends, and may not repeat a POST. In a file of its own, because it counts for the whole process.
import { Agent, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endConnectionsWithTheirAnswers } from '../src/connection-drain.ts';
import { createLogger } from '../src/log.ts';
import { createServer } from '../src/server.ts';

const app = createServer({ log: createLogger({ service: 'test', level: 'silent' }) });
app.get('/', () => ({ ok: true }));
app.post('/', () => ({ ok: true }));
const agent = new Agent({ keepAlive: true });
let port = 0;
beforeAll(async () => {
  await app.listen({ host: '127.0.0.1', port: 0 });
  ({ port } = app.server.address() as AddressInfo);
});
afterAll(async () => {
  agent.destroy();
  await app.close();
});

/** @returns the answer's status and what it says of its connection */
async function ask(method: string, type = 'application/json'): Promise<string> {
  return await new Promise((done, fail) => {
    const sent = request({ port, method, agent, headers: { 'content-type': type } }, (answer) => {
      answer.resume().once('end', () => {
        done(`${String(answer.statusCode)} ${String(answer.headers.connection)}`);
      });
    });
    sent.once('error', fail).end(method === 'POST' ? '{}' : undefined);
  });
}

test('each answer ends its connection once the server is about to end, and says so', async () => {
  // an unread body included, for which fastify would end the connection
  expect([await ask('GET'), await ask('POST'), await ask('POST', 'image/png')]).toEqual([
    '200 keep-alive',
    '200 keep-alive',
    '415 keep-alive',
  ]);
  endConnectionsWithTheirAnswers();
  expect([await ask('GET'), await ask('POST'), await ask('POST', 'image/png')]).toEqual([
    '200 close',
    '200 close',
    '415 close',
  ]);
  const many = Array.from({ length: 400 }, (_, n) => ask(n % 5 === 0 ? 'POST' : 'GET'));
  expect(new Set(await Promise.all(many))).toEqual(new Set(['200 close']));
});
