// What the backend asks over HTTP, when the other side takes the request and says nothing, or stops half way: the keys that
// prove who a caller is, and the sidecar. (The model's limit is in chat/model-engine.test.ts.) Real sockets and real time.
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { createSidecar, SidecarError } from '@todo/runtime/sidecar';
import { SignJWT, generateKeyPair, jwtVerify } from 'jose';
import { afterAll, describe, expect, it } from 'vitest';
import { keySources } from '../src/identity/key-sources.ts';

const closing: (() => Promise<void> | void)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
});

/** A server that says this to whoever connects, and then nothing more. */
async function says(words: string): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => socket.write(words));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const SILENCES = [
  { what: 'nothing', words: '' },
  { what: 'half a head', words: 'HTTP/1.1 200 OK\r\ncontent-' },
  {
    what: 'half a body',
    words:
      'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"keys":',
  },
];

describe.concurrent('the other side says', () => {
  it.each(SILENCES)('$what: a caller is answered 503 in time', async ({ words }) => {
    const { privateKey } = await generateKeyPair('EdDSA');
    const token = await new SignJWT({})
      .setProtectedHeader({ alg: 'EdDSA', kid: 'new' })
      .sign(privateKey);
    const keys = keySources([`http://127.0.0.1:${await says(words)}/jwks`]);
    const started = performance.now();
    await expect(jwtVerify(token, keys)).rejects.toMatchObject({ status: 503 });
    expect(performance.now() - started).toBeLessThan(20_000);
  });
  it.each(SILENCES)('$what: a call through the sidecar is given up in time', async ({ words }) => {
    const sidecar = createSidecar({
      host: '127.0.0.1',
      port: await says(words),
      pubsub: 'pubsub',
      statestore: 'statestore',
    });
    const started = performance.now();
    await Promise.all(
      [
        sidecar.invoke('other', 'GET', '/x'),
        sidecar.getState('a'),
        sidecar.publish('topic', {
          id: '1',
          source: 's',
          type: 't',
          subject: 'k',
          time: '',
          data: {},
        }),
      ].map((call) => expect(call).rejects.toBeInstanceOf(SidecarError)),
    );
    await sidecar.isReady(); // by the head of the answer alone
    expect(performance.now() - started).toBeLessThan(25_000);
  });
});
