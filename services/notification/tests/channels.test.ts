// Every channel to its end: a real SMTP server, a real receiver of webhooks that checks the signature with the standard's own
// library, and a push service that decrypts as a browser does.
import { createECDH, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import ece from 'http_ece';
import { SMTPServer } from 'smtp-server';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { envelope } from '@todo/testing/consumer-under-test';
import { exampleChange, exampleTask } from '@todo/testing/example-task';
import { startDispatcher } from '../src/dispatcher.ts';
import { startNotificationUnderTest } from './notification-under-test.ts';
import type { NotificationUnderTest } from './notification-under-test.ts';

interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** An HTTP server that keeps what it gets and answers as told. */
async function startReceiver() {
  const received: Received[] = [];
  const answers: (number | 'nothing')[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks),
      });
      const status = answers.shift() ?? 201;
      if (status === 'nothing') request.socket.destroy();
      else response.writeHead(status).end();
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    received,
    /** The next answers, in order; 201 afterwards. */
    answers,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A mail server that keeps what it gets and refuses as told. */
async function startMailServer() {
  const mails: { from: string; to: string[]; text: string }[] = [];
  const rules: {
    refuse?: { at: 'recipient' | 'data'; code: number } | undefined;
    hangUp?: boolean;
  } = {};
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authOptional: true,
    onAuth(auth, _session, done) {
      if (auth.username === 'todo' && auth.password === 'p@ss/word') done(null, { user: 'todo' });
      else done(new Error('wrong password'));
    },
    onRcptTo(_address, _session, done) {
      done(rules.refuse?.at === 'recipient' ? refusal(rules.refuse.code) : null);
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (rules.refuse?.at === 'data') {
          done(refusal(rules.refuse.code));
          return;
        }
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          text: Buffer.concat(chunks).toString('utf8'),
        });
        if (rules.hangUp) for (const connection of connections(server)) connection.destroy();
        else done();
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening);
  });
  return {
    mails,
    rules,
    port: (server.server.address() as AddressInfo).port,
    close: () =>
      new Promise<void>((closed) => {
        server.close(() => {
          closed();
        });
      }),
  };
}

function refusal(code: number): Error {
  return Object.assign(new Error('refused by a rule of the test'), { responseCode: code });
}

function connections(server: SMTPServer): { destroy: () => void }[] {
  const { connections: open } = server as unknown as {
    connections: Set<{ _socket: { destroy: () => void } }>;
  };
  return [...open].map((connection) => connection._socket);
}

describe('channels', () => {
  let service: NotificationUnderTest;
  let mail: Awaited<ReturnType<typeof startMailServer>>;
  let web: Awaited<ReturnType<typeof startReceiver>>;
  beforeAll(async () => {
    mail = await startMailServer();
    web = await startReceiver();
    service = await startNotificationUnderTest({
      SMTP_URL: `smtp://todo:p%40ss%2Fword@127.0.0.1:${mail.port}`,
      SMTP_FROM: 'Todo <todo@example.com>',
      OUTBOUND_PRIVATE_ADDRESSES: 'true',
      PUBLIC_URL: 'https://todo.example',
    });
  });
  afterAll(async () => {
    await service.close();
    await mail.close();
    web.close();
  });
  beforeEach(() => {
    service.at('2027-05-17T10:00:00Z');
  });
  afterEach(() => {
    mail.mails.length = 0;
    delete mail.rules.refuse;
    delete mail.rules.hangUp;
    web.received.length = 0;
    web.answers.length = 0;
    service.stateIsAway(false);
  });

  const webhook = (path = '/hook') => ({
    enabled: true,
    url: `${web.url}${path}`,
    newSecret: false,
  });
  const deliveries = async (userId: string, taskId: string) =>
    (await service.ofTask(userId, taskId)).flatMap((item) => item.deliveries);
  const settled = async (userId: string, taskId: string) => {
    await expect
      .poll(async () =>
        (await deliveries(userId, taskId)).every(
          ({ status }) => status !== 'sending' && status !== 'waiting',
        ),
      )
      .toBe(true);
    return await deliveries(userId, taskId);
  };
  /** Wakes the sender as its timer would at the moved clock. */
  const wake = async () => {
    await service.restart();
  };
  const browser = () => {
    const keys = createECDH('prime256v1');
    keys.generateKeys();
    const auth = randomBytes(16);
    return {
      subscription: (path: string) => ({
        endpoint: `${web.url}${path}`,
        keys: { p256dh: keys.getPublicKey('base64url'), auth: auth.toString('base64url') },
        label: 'Firefox on a laptop',
      }),
      read: ({ body, headers }: Received) => {
        expect(headers['content-encoding']).toBe('aes128gcm');
        const plain = ece.decrypt(body, {
          version: 'aes128gcm',
          privateKey: keys,
          authSecret: auth.toString('base64url'),
        });
        return JSON.parse(plain.toString('utf8')) as Record<string, unknown>;
      },
    };
  };
  const subscribe = async (userId: string, subscription: object) =>
    (await service.ask('POST', '/internal/push-subscriptions', { userId, subscription })) as {
      status: number;
      body: { id: string; label: string; service: string };
    };

  it('e-mail: one mail to the account’s address, late or not, with the task’s link', async () => {
    await service.prefer('mia', { email: { enabled: true } });
    const made = await service.remind({ userId: 'mia', title: 'Zażółć gęślą 😀' });
    expect(await settled('mia', made.taskId!)).toMatchObject([
      { channel: 'email', status: 'delivered', attempts: 1, late: false, error: null },
    ]);
    expect(mail.mails).toHaveLength(1);
    const [sent] = mail.mails;
    expect(sent).toMatchObject({ from: 'todo@example.com', to: ['mia@example.com'] });
    expect(sent!.text).toContain(`Message-ID: <${made.id}@todo>`);
    const text = decodeMail(sent!.text);
    expect(text).toContain('Zażółć gęślą 😀');
    expect(text).toContain('Due: 17 May 2027, 09:00');
    expect(text).toContain(`https://todo.example/tasks/${made.taskId!}`);
    expect(text).not.toContain('late');
    const late = await service.remind({ userId: 'mia', remindAt: '2027-05-17T08:00:00.000Z' });
    expect(await settled('mia', late.taskId!)).toMatchObject([{ status: 'delivered', late: true }]);
    expect(decodeMail(mail.mails[1]!.text)).toContain('It was scheduled for 2027-05-17 08:00 UTC');
    expect(mail.mails[1]!.text).toContain('Subject: Late: Water the plants');
  });

  it.each([
    `x\r\nBcc: a@example.com\r\n\r\nnot the body`,
    '<img src=x onerror=alert(1)>',
    `'); DROP TABLE tasks;--`,
    '${jndi:ldap://x} {{7*7}}',
  ])('F09: a title is text and nothing else in a mail: %j', async (title) => {
    await service.prefer('nora', { email: { enabled: true } });
    const made = await service.remind({ userId: 'nora', title });
    await settled('nora', made.taskId!);
    const [sent] = mail.mails;
    expect(sent!.to).toEqual(['nora@example.com']);
    const [head] = sent!.text.split('\r\n\r\n');
    expect(head).not.toMatch(/^bcc:/im);
    expect(head).toMatch(/^Content-Type: text\/plain/m);
    expect(decodeMail(sent!.text)).toContain(title.split('\r')[0]);
  });

  it.each([
    ['an override', 'pay \u202Exet', '\u2068pay \u202Exet\u202C\u2069'],
    ['Hebrew and digits', 'לקנות 5', '\u2068לקנות 5\u2069'],
    ['an isolate that is never closed', '\u2067abc', '\u2068\u2067abc\u2069\u2069'],
    ['an override in a second line', 'a\n\u202Eb', '\u2068a \u202Eb\u202C\u2069'],
  ])('%s in a title turns nothing else around in a mail', async (_what, title, shown) => {
    await service.prefer('nora', { email: { enabled: true } });
    const made = await service.remind({
      userId: 'nora',
      title,
      remindAt: '2027-05-17T08:00:00.000Z',
    });
    await settled('nora', made.taskId!);
    const [sent] = mail.mails;
    expect(decodeMail(sent!.text).split(/\r?\n/)[0]).toBe(shown);
    const subject = /^Subject: ((?:.*)(?:\r\n[ \t].*)*)/m.exec(sent!.text)?.[1] ?? '';
    expect(decodeWords(subject)).toBe(`Late: ${shown}`);
  });

  it('webhook: signed so that the standard’s library accepts it, with the task’s link, and nothing that was changed', async () => {
    const { webhook: kept } = await service.prefer('wim', { webhook: webhook() });
    expect(kept.secret).toMatch(/^whsec_/);
    service.at(new Date().toISOString()); // the library looks at the clock
    const made = await service.remind({ userId: 'wim', title: 'sign me' });
    expect(await settled('wim', made.taskId!)).toMatchObject([
      { channel: 'webhook', status: 'delivered' },
    ]);
    const [got] = web.received;
    expect(got!.path).toBe('/hook');
    const headers = got!.headers as Record<string, string>;
    expect(headers['webhook-id']).toBe(made.id);
    const receiver = new Webhook(kept.secret!);
    expect(receiver.verify(got!.body.toString(), headers)).toMatchObject({
      type: 'todo.reminder',
      data: {
        notificationId: made.id,
        taskId: made.taskId,
        title: 'sign me',
        late: false,
        url: `https://todo.example/tasks/${made.taskId!}`,
      },
    });
    expect(() => receiver.verify(got!.body.toString().replace('sign', 'sing'), headers)).toThrow();
    expect(() =>
      receiver.verify(got!.body.toString(), { ...headers, 'webhook-id': 'x' }),
    ).toThrow();
    const { webhook: renewed } = await service.prefer('wim', {
      webhook: { ...webhook(), newSecret: true },
    });
    expect(renewed.secret).not.toBe(kept.secret);
    expect(() => new Webhook(renewed.secret!).verify(got!.body.toString(), headers)).toThrow();
  });

  it('web push: encrypted for the browser, which reads it; signed with the key it was signed up for', async () => {
    const { channels } = await service.prefer('pia', { push: { enabled: true } });
    const firefox = browser();
    const chrome = browser();
    await subscribe('pia', firefox.subscription('/push/1'));
    await subscribe('pia', chrome.subscription('/push/2'));
    const made = await service.remind({ userId: 'pia', title: 'Zażółć 😀' });
    expect(await settled('pia', made.taskId!)).toMatchObject([
      { channel: 'push', status: 'delivered' },
      { channel: 'push', status: 'delivered' },
    ]);
    const at = (path: string) => web.received.find((each) => each.path === path)!;
    for (const payload of [firefox.read(at('/push/1')), chrome.read(at('/push/2'))])
      expect(payload).toEqual({
        title: 'Zażółć 😀',
        body: '17 May 2027, 09:00',
        notificationId: made.id,
        taskId: made.taskId,
        late: false,
        url: `https://todo.example/tasks/${made.taskId!}`,
      });
    expect(() => firefox.read(at('/push/2'))).toThrow();
    expect(at('/push/1').headers['authorization']).toContain(`k=${channels.push.publicKey!}`);
    expect(at('/push/1').headers['ttl']).toBe('86400');
    // long enough that no random bytes read so
    expect(at('/push/1').body.includes('Zażółć')).toBe(false);
  });

  it('a browser that is gone is asked once and never again', async () => {
    await service.prefer('gus', { push: { enabled: true } });
    await subscribe('gus', browser().subscription('/push/gone'));
    web.answers.push(410);
    const made = await service.remind({ userId: 'gus' });
    expect(await settled('gus', made.taskId!)).toMatchObject([
      { channel: 'push', status: 'failed', attempts: 1, error: 'answered 410' },
    ]);
    const again = await service.remind({ userId: 'gus' });
    expect(again.deliveries).toEqual([]);
    expect(web.received).toHaveLength(1);
  });

  it('a browser belongs to who signed it up last', async () => {
    const shared = browser().subscription('/push/shared');
    const first = await subscribe('paul', shared);
    expect((await subscribe('paul', shared)).body.id).toBe(first.body.id);
    await subscribe('rita', shared);
    const devices = async (userId: string) =>
      (
        (await service.ask('GET', `/internal/preferences?userId=${userId}`)).body as {
          pushSubscriptions: { label: string; service: string }[];
        }
      ).pushSubscriptions;
    expect(await devices('paul')).toEqual([]);
    expect(await devices('rita')).toMatchObject([
      { label: 'Firefox on a laptop', service: new URL(web.url).host },
    ]);
    const made = await service.remind({ userId: 'paul' });
    expect(made.deliveries).toEqual([]);
    const remove = (userId: string, id: string) =>
      service.ask('DELETE', `/internal/push-subscriptions/${id}?userId=${userId}`);
    const [device] = (await devices('rita')) as unknown as { id: string }[];
    expect((await remove('paul', device!.id)).status).toBe(404);
    expect((await remove('rita', device!.id)).status).toBe(200);
    expect(await devices('rita')).toEqual([]);
  });

  it('B01: each channel gets each reminder once, whatever is delivered twice', async () => {
    await service.prefer('dan', {
      email: { enabled: true },
      webhook: webhook(),
      push: { enabled: true },
    });
    await subscribe('dan', browser().subscription('/push/dan'));
    const event = service.reminder({ userId: 'dan' });
    await Promise.all(Array.from({ length: 5 }, () => service.deliver(event)));
    await service.restart();
    await service.deliver(event);
    expect(await settled('dan', event.subject)).toHaveLength(3);
    await service.restart();
    expect(mail.mails).toHaveLength(1);
    expect(web.received.map(({ path }) => path).sort()).toEqual(['/hook', '/push/dan']);
  });

  it('several senders on one table send each message once', async () => {
    const quietHours = { from: '09:00', to: '11:00' };
    await service.prefer('eva', { webhook: webhook(), quietHours });
    const made = await Promise.all(
      Array.from({ length: 30 }, () => service.remind({ userId: 'eva', zone: 'UTC' })),
    );
    expect(web.received).toEqual([]);
    service.at('2027-05-17T11:00:00Z');
    const sent: string[] = [];
    const senders = Array.from({ length: 4 }, () =>
      startDispatcher({
        pool: service.pool,
        clock: service.now,
        log: service.parts.log,
        send: (delivery) => {
          sent.push(delivery.notificationId);
          return Promise.resolve({ kind: 'delivered' });
        },
      }),
    );
    await Promise.all(senders.map((sender) => sender.asleep()));
    await Promise.all(senders.map((sender) => sender.stop()));
    // the service's own sender may have taken some too
    const byService = () => web.received.map(({ headers }) => String(headers['webhook-id']));
    await expect.poll(() => [...sent, ...byService()].length).toBe(30);
    expect([...sent, ...byService()].sort()).toEqual(made.map(({ id }) => id).sort());
  });

  it('a bounced channel does not block the others', async () => {
    await service.prefer('ben', { email: { enabled: true }, webhook: webhook() });
    mail.rules.refuse = { at: 'recipient', code: 550 };
    const made = await service.remind({ userId: 'ben' });
    expect(await settled('ben', made.taskId!)).toMatchObject([
      {
        channel: 'email',
        status: 'failed',
        attempts: 1,
        error: expect.stringContaining('550') as string,
      },
      { channel: 'webhook', status: 'delivered', attempts: 1 },
    ]);
  });

  it('what surely did not arrive is tried again, with growing pauses, five times at most', async () => {
    await service.prefer('tom', { email: { enabled: true }, webhook: webhook() });
    mail.rules.refuse = { at: 'data', code: 451 };
    web.answers.push(503, 500, 429, 503, 502, 503, 503);
    const made = await service.remind({ userId: 'tom' });
    const attempts = async () =>
      (await deliveries('tom', made.taskId!)).map(({ attempts: n, status }) => [n, status]);
    for (const [tries, next] of [
      [1, '2027-05-17T10:00:30.000Z'],
      [2, '2027-05-17T10:02:30.000Z'],
      [3, '2027-05-17T10:12:30.000Z'],
      [4, '2027-05-17T11:12:30.000Z'],
    ] as const) {
      await expect.poll(attempts).toEqual([
        [tries, 'waiting'],
        [tries, 'waiting'],
      ]);
      expect((await deliveries('tom', made.taskId!)).map(({ nextAt }) => nextAt)).toEqual([
        next,
        next,
      ]);
      service.at(next);
      await wake();
    }
    expect(await settled('tom', made.taskId!)).toMatchObject([
      { channel: 'email', status: 'failed', attempts: 5, late: true },
      { channel: 'webhook', status: 'failed', attempts: 5, late: true, error: 'answered 502' },
    ]);
    expect(web.received.map(({ headers }) => headers['webhook-id'])).toEqual(
      Array.from({ length: 5 }, () => made.id),
    );
    expect(mail.mails).toEqual([]);
  });

  it('it works at the second try: one mail, marked late', async () => {
    await service.prefer('ute', { email: { enabled: true } });
    mail.rules.refuse = { at: 'recipient', code: 450 };
    const made = await service.remind({ userId: 'ute' });
    await expect
      .poll(() => deliveries('ute', made.taskId!))
      .toMatchObject([{ status: 'waiting', attempts: 1 }]);
    delete mail.rules.refuse;
    service.at('2027-05-17T10:02:00Z');
    await wake();
    expect(await settled('ute', made.taskId!)).toMatchObject([
      { status: 'delivered', attempts: 2, late: true },
    ]);
    expect(mail.mails).toHaveLength(1);
  });

  it('what may have arrived is never sent again', async () => {
    await service.prefer('una', { email: { enabled: true }, webhook: webhook() });
    mail.rules.hangUp = true;
    web.answers.push('nothing');
    const made = await service.remind({ userId: 'una' });
    expect(await settled('una', made.taskId!)).toMatchObject([
      { channel: 'email', status: 'uncertain', attempts: 1 },
      { channel: 'webhook', status: 'uncertain', attempts: 1 },
    ]);
    delete mail.rules.hangUp;
    service.at('2027-05-18T10:00:00Z');
    await wake();
    await settled('una', made.taskId!);
    expect(mail.mails).toHaveLength(1);
    expect(web.received).toHaveLength(1);
  });

  it('a process that died while sending: nobody knows, so not again', async () => {
    await service.prefer('kim', { webhook: webhook(), quietHours: { from: '09:00', to: '11:00' } });
    const made = await service.remind({ userId: 'kim', zone: 'UTC' });
    await service.pool.query(
      `UPDATE notification.deliveries SET status = 'sending', attempts = 1, next_at = NULL, claimed_at = $2 WHERE notification_id = $1`,
      [made.id, service.now()],
    );
    service.at('2027-05-17T10:01:59Z');
    await wake();
    await expect
      .poll(async () => (await deliveries('kim', made.taskId!))[0]?.status)
      .toBe('sending');
    service.at('2027-05-17T10:02:00Z');
    await wake();
    expect(await settled('kim', made.taskId!)).toMatchObject([{ status: 'uncertain' }]);
    expect(web.received).toEqual([]);
  });

  it('quiet hours: in the app at once, outside after them and marked late', async () => {
    await service.prefer('lea', { webhook: webhook(), quietHours: { from: '22:00', to: '07:00' } });
    service.at('2027-05-17T21:00:00Z');
    const made = await service.remind({ userId: 'lea', zone: 'Europe/Berlin' });
    expect(made).toMatchObject({ late: false });
    expect(await deliveries('lea', made.taskId!)).toMatchObject([
      { status: 'waiting', attempts: 0, nextAt: '2027-05-18T05:00:00.000Z' },
    ]);
    service.at('2027-05-18T05:00:00Z');
    await wake();
    expect(await settled('lea', made.taskId!)).toMatchObject([{ status: 'delivered', late: true }]);
    expect(JSON.parse(web.received[0]!.body.toString())).toMatchObject({ data: { late: true } });
  });

  it('a task that is done or deleted in the quiet hours rings nobody in the morning', async () => {
    await service.prefer('max', { webhook: webhook(), quietHours: { from: '09:00', to: '11:00' } });
    for (const type of ['todo.task.completed.v1', 'todo.task.deleted.v1'] as const) {
      const made = await service.remind({ userId: 'max', zone: 'UTC' });
      const task = exampleTask({ id: made.taskId!, version: 2 });
      const change = (at: string) =>
        envelope('task-events', type, exampleChange(task, { userId: 'max', at }));
      await service.deliver(change('2027-05-17T09:59:59.000Z')); // from before the reminder: about something else
      expect(await deliveries('max', made.taskId!)).toMatchObject([{ status: 'waiting' }]);
      await service.deliver(change('2027-05-17T10:30:00.000Z'));
      expect(await deliveries('max', made.taskId!)).toMatchObject([{ status: 'cancelled' }]);
    }
    service.at('2027-05-17T12:00:00Z');
    await wake();
    expect(web.received).toEqual([]);
  });

  it('what is switched off meanwhile is not sent; a new address is the one used', async () => {
    const quietHours = { from: '09:00', to: '11:00' };
    await service.prefer('ida', { email: { enabled: true }, webhook: webhook('/old'), quietHours });
    const made = await service.remind({ userId: 'ida', zone: 'UTC' });
    await service.prefer('ida', { webhook: webhook('/new'), quietHours });
    service.at('2027-05-17T11:00:00Z');
    await wake();
    expect(await settled('ida', made.taskId!)).toMatchObject([
      { channel: 'email', status: 'cancelled', error: 'switched off' },
      { channel: 'webhook', status: 'delivered' },
    ]);
    expect(web.received.map(({ path }) => path)).toEqual(['/new']);
    expect(mail.mails).toEqual([]);
  });

  it('the state store is away: the event is delivered again, a message is tried again', async () => {
    await service.prefer('sid', { webhook: webhook(), quietHours: { from: '09:00', to: '11:00' } });
    const event = service.reminder({ userId: 'sid', zone: 'UTC' });
    service.stateIsAway(true);
    expect(await service.deliver(event)).toBe('RETRY');
    service.stateIsAway(false);
    expect(await service.deliver(event)).toBe('SUCCESS');
    service.at('2027-05-17T11:00:00Z');
    service.stateIsAway(true);
    await wake();
    await expect.poll(async () => (await deliveries('sid', event.subject))[0]?.attempts).toBe(1);
    await expect
      .poll(async () => (await deliveries('sid', event.subject))[0]?.status)
      .toBe('waiting');
    service.stateIsAway(false);
    service.at('2027-05-17T11:01:00Z');
    await wake();
    expect(await settled('sid', event.subject)).toMatchObject([
      { status: 'delivered', attempts: 2 },
    ]);
  });

  it('a test goes to every enabled channel, also in quiet hours; at most five a minute', async () => {
    const quietHours = { from: '09:00', to: '11:00' };
    await service.prefer('zoe', { email: { enabled: true }, webhook: webhook(), quietHours });
    const test = () =>
      service.ask('POST', '/internal/notifications/test', { userId: 'zoe', zone: 'UTC' });
    expect((await test()).body).toMatchObject({
      kind: 'test',
      deliveries: [{ channel: 'email' }, { channel: 'webhook' }],
    });
    await expect.poll(() => mail.mails.length + web.received.length).toBe(2);
    for (let n = 0; n < 4; n += 1) expect((await test()).status).toBe(200);
    expect((await test()).status).toBe(429);
  });
});

describe('a notification service without mail server and without private addresses', () => {
  let service: NotificationUnderTest;
  beforeAll(async () => {
    service = await startNotificationUnderTest();
  });
  afterAll(() => service.close());

  it('says that e-mail is not available, and a reminder shows it', async () => {
    const answer = await service.prefer('ann', { email: { enabled: true } });
    expect(answer.channels).toEqual({
      email: { available: false, reason: 'no mail server is configured' },
      push: { available: true, reason: null, publicKey: answer.channels.push.publicKey },
      webhook: { available: true, reason: null },
    });
    expect(answer.email).toEqual({ enabled: true, address: 'ann@example.com' });
    expect((await service.remind({ userId: 'ann' })).deliveries).toMatchObject([
      { channel: 'email', status: 'failed', error: 'no mail server is configured', attempts: 0 },
    ]);
  });

  it('keeps the push key over restarts', async () => {
    const key = async () => (await service.prefer('ann', {})).channels.push.publicKey;
    const before = await key();
    await service.restart();
    expect(await key()).toBe(before);
  });

  it.each(['http://example.com/', 'https://127.0.0.1/x', 'https://[::1]/', 'https://localhost/'])(
    'refuses the webhook %s',
    async (url) => {
      await expect(
        service.prefer('ann', { webhook: { enabled: true, url, newSecret: false } }),
      ).rejects.toThrow('webhook.url');
    },
  );

  it('whoever never chose: in the app, and on devices signed up', async () => {
    const answer = await service.ask('GET', '/internal/preferences?userId=new||one');
    expect(answer.body).toMatchObject({
      email: { enabled: false, address: null },
      push: { enabled: true },
      webhook: { enabled: false, url: null, secret: null },
      quietHours: null,
      pushSubscriptions: [],
    });
    expect((await service.remind({ userId: 'new||one' })).deliveries).toEqual([]);
  });
});

/** A mail's body as text: quoted-printable or base64 undone. */
function decodeMail(raw: string): string {
  const [head = '', ...rest] = raw.split('\r\n\r\n');
  const body = rest.join('\r\n\r\n');
  if (/^content-transfer-encoding: base64/im.test(head))
    return Buffer.from(body, 'base64').toString('utf8');
  if (!/^content-transfer-encoding: quoted-printable/im.test(head)) return body;
  const bytes = body
    .replaceAll('=\r\n', '')
    .replace(/=([0-9A-F]{2})/g, (_all, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** A header's value with its encoded words (RFC 2047) read. */
function decodeWords(value: string): string {
  return value
    .replace(/\?=\r?\n?[ \t]+=\?/g, '?==?')
    .replace(/=\?utf-8\?([BQ])\?([^?]*)\?=/gi, (_all, how: string, text: string) =>
      Buffer.from(
        how.toUpperCase() === 'B' ? text : text.replaceAll('_', '=20').replaceAll('=', '%'),
        how.toUpperCase() === 'B' ? 'base64' : 'utf8',
      ).toString('utf8'),
    )
    .replace(/(?:%[0-9A-F]{2})+/g, (bytes) => decodeURIComponent(bytes));
}
