// The tests' view of a Kafka topic, when the broker takes connections and says nothing: a suite must fail, not hang.
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { expect, it } from 'vitest';
import { topicView } from '@todo/e2e/suite/kafka-view';

it('fails within a minute', async () => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined).resume());
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const started = performance.now();
  await expect(topicView([`127.0.0.1:${port}`], 'task-events')).rejects.toThrow();
  expect(performance.now() - started).toBeLessThan(60_000);
  for (const socket of sockets) socket.destroy();
  server.close();
}, 90_000);
