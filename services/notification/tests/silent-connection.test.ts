// Mail servers, webhooks and push services that take a connection and then say nothing, at every step where they could. Real
// sockets and real time, side by side: each attempt must end within a minute, and say whether the message may have arrived.
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { startTcpProxy } from '@todo/testing/tcp-proxy';
import { mailServer, sendMail } from '../src/channels/email.ts';
import type { Message, Outcome } from '../src/channels/outcome.ts';
import { newVapidKeys, sendPush } from '../src/channels/push.ts';
import { newWebhookSecret, sendWebhook } from '../src/channels/webhook.ts';

const FOUND_MS = 60_000;
const MESSAGE: Message = {
  notificationId: '0190a0a0-0000-7000-8000-000000000001',
  taskId: null,
  kind: 'reminder',
  title: 'Water the plants',
  dueText: null,
  remindAt: '2026-11-29T20:00:00.000Z',
  late: false,
  url: null,
};
const closing: (() => Promise<void> | void)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
});

/** A server that treats each connection as told. */
async function serve(treat: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    treat(socket);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A mail server that answers every line until it has answered `last` of them. */
async function smtp(last: number): Promise<number> {
  return await serve((socket) => {
    let answered = 0;
    const say = (line: string): void => {
      if (answered++ < last) socket.write(`${line}\r\n`);
    };
    say('220 ready');
    let inData = false;
    socket.on('data', (chunk: Buffer) => {
      for (const line of chunk.toString().split('\r\n').slice(0, -1)) {
        if (inData && line !== '.') continue;
        if (inData || line.startsWith('MAIL') || line.startsWith('RCPT')) say('250 ok');
        else if (line === 'DATA') say('354 go on');
        else if (/^(EHLO|HELO)/.test(line)) say('250 server');
        else say('221 bye');
        inData = line === 'DATA';
      }
    });
  });
}

async function timed(work: Promise<Outcome>): Promise<{ kind: string; ms: number }> {
  const started = performance.now();
  const { kind } = await work;
  return { kind, ms: performance.now() - started };
}

describe.concurrent('a channel whose other side says nothing', () => {
  const steps = ['greeting', 'EHLO', 'MAIL FROM', 'RCPT TO', 'DATA'];
  it.each(steps.map((step, answered) => ({ step, answered })))(
    'e-mail: no answer to $step: tried again later',
    async ({ answered }) => {
      const port = await smtp(answered);
      const server = mailServer(`smtp://127.0.0.1:${port}`, 'todo@example.com');
      const { kind, ms } = await timed(sendMail(server, 'anna@example.com', MESSAGE));
      expect(kind).toBe('retry');
      expect(ms).toBeLessThan(FOUND_MS);
    },
    90_000,
  );
  it('e-mail: no answer to the mail itself: it may have arrived', async () => {
    const port = await smtp(5);
    const server = mailServer(`smtp://127.0.0.1:${port}`, 'todo@example.com');
    const { kind, ms } = await timed(sendMail(server, 'anna@example.com', MESSAGE));
    expect(kind).toBe('uncertain');
    expect(ms).toBeLessThan(FOUND_MS);
  }, 90_000);
  it('e-mail: no answer to the encryption', async () => {
    const port = await serve(() => undefined);
    const server = mailServer(`smtps://127.0.0.1:${port}`, 'todo@example.com');
    const { kind, ms } = await timed(sendMail(server, 'anna@example.com', MESSAGE));
    expect(kind).toBe('retry');
    expect(ms).toBeLessThan(FOUND_MS);
  }, 90_000);
  it('e-mail: swallowed on the way, in the middle', async () => {
    const proxy = await startTcpProxy(await smtp(3));
    closing.push(proxy.close);
    const server = mailServer(`smtp://127.0.0.1:${proxy.port}`, 'todo@example.com');
    const sending = timed(sendMail(server, 'anna@example.com', MESSAGE));
    await expect.poll(() => proxy.count()).toBe(1);
    proxy.swallow();
    const { kind, ms } = await sending;
    expect(kind).toBe('retry');
    expect(ms).toBeLessThan(FOUND_MS);
  }, 90_000);

  const guard = { allowPrivate: true };
  it.each([
    { scheme: 'http', kind: 'uncertain' },
    { scheme: 'https', kind: 'retry' },
  ])(
    'webhook by $scheme: taken and never answered',
    async ({ scheme, kind }) => {
      const url = `${scheme}://127.0.0.1:${await serve(() => undefined)}/hook`;
      const sent = await timed(
        sendWebhook({ url, secret: newWebhookSecret() }, MESSAGE, { ...guard, now: new Date() }),
      );
      expect(sent.kind).toBe(kind);
      expect(sent.ms).toBeLessThan(FOUND_MS);
    },
    90_000,
  );
  it('webhook: half of the answer’s head', async () => {
    const port = await serve((socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-'));
    const url = `http://127.0.0.1:${port}/hook`;
    const sent = await timed(
      sendWebhook({ url, secret: newWebhookSecret() }, MESSAGE, { ...guard, now: new Date() }),
    );
    expect(sent.kind).toBe('uncertain');
    expect(sent.ms).toBeLessThan(FOUND_MS);
  }, 90_000);
  it('push: taken and never answered', async () => {
    const endpoint = `http://127.0.0.1:${await serve(() => undefined)}/push`;
    const keys = newVapidKeys();
    const sent = await timed(
      sendPush({ endpoint, p256dh: keys.publicKey, auth: 'AAAAAAAAAAAAAAAAAAAAAA' }, MESSAGE, {
        ...guard,
        vapid: { ...keys, subject: 'mailto:todo@example.com' },
      }),
    );
    expect(sent.kind).toBe('uncertain');
    expect(sent.ms).toBeLessThan(FOUND_MS);
  }, 90_000);
});
