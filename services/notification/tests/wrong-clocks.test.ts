// Two replicas of the notification service, one seven minutes ahead and one behind: late or not, quiet or not, given up or not
// is decided by the database's clock. Real processes; here the database's clock is this machine's.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTestDatabase } from '@todo/testing/test-database-client';
import { uuidv7 } from '@todo/runtime/uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { envelope } from '@todo/testing/consumer-under-test';
import { startServiceProcess, TOKEN } from '@todo/testing/service-process';
import type { ServiceProcess } from '@todo/testing/service-process';
import { newWebhookSecret } from '../src/channels/webhook.ts';
import type { Notification } from '../src/notifications.ts';

const MINUTE = 60_000;

describe('notification services whose clocks are wrong', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  const running: Record<'ahead' | 'behind', ServiceProcess> = {} as never;
  /** Quiet hours of everybody, and how long the receiver of webhooks takes, ms. */
  const world: { quietHours: { from: string; to: string } | null; slowMs: number } = {
    quietHours: null,
    slowMs: 0,
  };
  const received: string[] = [];
  const receiver = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      received.push(String(request.headers['webhook-id']));
      setTimeout(() => response.writeHead(204).end(), world.slowMs);
    });
  });

  beforeAll(async () => {
    database = await createTestDatabase();
    await new Promise<void>((listening) => receiver.listen(0, '127.0.0.1', listening));
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    const secret = newWebhookSecret();
    const start = (offMs: number) =>
      startServiceProcess({
        main: new URL('../src/main.ts', import.meta.url),
        databaseUrl: database.url,
        offMs,
        env: { OUTBOUND_PRIVATE_ADDRESSES: 'true' },
        state: () => ({
          email: { enabled: false, address: null },
          push: { enabled: false },
          webhook: { enabled: true, url, secret },
          quietHours: world.quietHours,
        }),
      });
    running.ahead = await start(7 * MINUTE);
    running.behind = await start(-7 * MINUTE);
  });
  afterAll(async () => {
    await Promise.all(Object.values(running).map((one) => one.stop()));
    receiver.closeAllConnections();
    receiver.close();
    await database.drop();
  });
  beforeEach(() => {
    world.quietHours = null;
    world.slowMs = 0;
    received.length = 0;
  });

  const remind = async (through: ServiceProcess, sinceMs = 0): Promise<string> => {
    const userId = uuidv7();
    const remindAt = new Date(Date.now() - sinceMs).toISOString();
    const event = envelope('reminders', 'todo.reminder.due.v1', {
      userId,
      taskId: uuidv7(),
      reminderId: uuidv7(),
      title: 'Water the plants',
      dueAt: remindAt,
      remindAt,
      zone: 'UTC',
      locale: 'en',
    });
    expect(await through.deliver(event)).toBe('SUCCESS');
    return userId;
  };
  const of = async (userId: string): Promise<Notification> => {
    const answer = await fetch(`${running.ahead.url}/internal/notifications?userId=${userId}`, {
      headers: { 'dapr-api-token': TOKEN, 'dapr-caller-app-id': 'todo-backend' },
    });
    return ((await answer.json()) as { items: [Notification] }).items[0];
  };
  const statusOf = async (userId: string) => (await of(userId)).deliveries[0]?.status;
  const time = (ms: number) => new Date(Date.now() + ms).toISOString().slice(11, 16);

  it.each(['ahead', 'behind'] as const)(
    'a reminder through the one that is %s is late when it is, and only then',
    async (which) => {
      const onTime = await remind(running[which]);
      const late = await remind(running[which], 3 * MINUTE);
      await expect.poll(() => statusOf(late)).toBe('delivered');
      await expect.poll(() => statusOf(onTime)).toBe('delivered');
      expect(await of(onTime)).toMatchObject({ late: false, deliveries: [{ late: false }] });
      expect(await of(late)).toMatchObject({ late: true, deliveries: [{ late: true }] });
      expect(Math.abs(Date.parse((await of(onTime)).at) - Date.now())).toBeLessThan(20_000);
    },
  );

  it.each(['ahead', 'behind'] as const)('quiet hours through the one that is %s', async (which) => {
    world.quietHours = { from: time(5 * MINUTE), to: time(9 * MINUTE) };
    const before = await remind(running[which]);
    await expect.poll(() => statusOf(before)).toBe('delivered');
    world.quietHours = { from: time(-9 * MINUTE), to: time(-5 * MINUTE) };
    const after = await remind(running[which]);
    await expect.poll(() => statusOf(after)).toBe('delivered');
    world.quietHours = { from: time(-2 * MINUTE), to: time(3 * MINUTE) };
    const within = await remind(running[which]);
    const [delivery] = (await of(within)).deliveries;
    expect(delivery).toMatchObject({ status: 'waiting' });
    expect(delivery!.nextAt!.slice(11, 16)).toBe(world.quietHours.to);
  });

  it('what one is sending, the other does not give up', async () => {
    world.slowMs = 4_000;
    const sending = await remind(running.behind);
    await expect.poll(() => statusOf(sending)).toBe('sending');
    await remind(running.ahead); // wakes its sender, which looks for claims of processes that died
    await expect.poll(() => received.length).toBe(2);
    expect(await statusOf(sending)).toBe('sending');
    await expect.poll(() => statusOf(sending)).toBe('delivered');
    expect(received).toHaveLength(2);
  });
});
