// Mail within limits: only so many a day for one person, and where encryption is asked for, none without it.
import { SMTPServer } from 'smtp-server';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mailServer, sendMail } from '../src/channels/email.ts';
import type { Message } from '../src/channels/outcome.ts';
import { startNotificationUnderTest } from './notification-under-test.ts';
import type { NotificationUnderTest } from './notification-under-test.ts';

/** Addresses that got a mail. */
const mailed: string[] = [];
/** A mail server that offers no encryption. */
const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS', 'AUTH'],
  onData: (stream, session, done) => {
    stream.resume();
    stream.on('end', () => {
      mailed.push(...session.envelope.rcptTo.map(({ address }) => address));
      done();
    });
  },
});
server.on('error', () => undefined);
let port: number;
beforeAll(async () => {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  port = (server.server.address() as AddressInfo).port;
});
afterAll(async () => {
  await new Promise<void>((closed) => {
    server.close(closed);
  });
});

it('where encryption is asked for, nothing goes to a server that offers none', async () => {
  const message: Message = {
    notificationId: '0198f3c0-0000-7000-8000-000000000001',
    ...{ taskId: null, kind: 'reminder', title: 'x', dueText: null, late: false, url: null },
    remindAt: '2027-05-17T10:00:00.000Z',
  };
  const address = `smtp://127.0.0.1:${port}`;
  const strict = await sendMail(
    mailServer(address, 'a@example.com', true),
    'b@example.com',
    message,
  );
  expect(['retry', 'refused']).toContain(strict.kind);
  expect(mailed).toEqual([]);
  const plain = await sendMail(mailServer(address, 'a@example.com'), 'b@example.com', message);
  expect(plain.kind).toBe('delivered');
  expect(mailed.splice(0)).toEqual(['b@example.com']);
});

describe('two mails a day', () => {
  let service: NotificationUnderTest;
  beforeAll(async () => {
    service = await startNotificationUnderTest({
      SMTP_URL: `smtp://127.0.0.1:${port}`,
      MAIL_DAILY_LIMIT: '2',
    });
  });
  afterAll(() => service.close());

  it('are what one person gets, and another’s are not counted', async () => {
    const outcome = async (userId: string) => {
      const { id } = await service.remind({ userId });
      const item = async () => (await service.list(userId)).items.find((one) => one.id === id)!;
      await expect
        .poll(async () => (await item()).deliveries.map(({ status }) => status))
        .not.toEqual(expect.arrayContaining([expect.stringMatching(/waiting|sending/)]));
      return (await item()).deliveries.map(({ status, error }) => [status, error]);
    };
    for (const userId of ['anna', 'ben'])
      await service.prefer(userId, { email: { enabled: true } });
    service.at('2027-05-17T10:00:00Z');
    const delivered = [['delivered', null]];
    expect(await outcome('anna')).toEqual(delivered);
    expect(await outcome('anna')).toEqual(delivered);
    expect(await outcome('anna')).toEqual([['failed', 'the limit of 2 mails a day is reached']]);
    expect(await outcome('ben')).toEqual(delivered);
    service.at('2027-05-18T10:00:01Z');
    await service.restart();
    expect(await outcome('anna')).toEqual(delivered);
    expect(mailed.filter((address) => address.startsWith('anna'))).toHaveLength(3);
  });
});
