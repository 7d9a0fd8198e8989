// A person who is erased leaves nothing in the notification service, whatever else is still on its way.
import { envelope } from '@todo/testing/consumer-under-test';
import { tablesWith } from '@todo/testing/find-text';
import { uuidv7 } from '@todo/runtime/uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startNotificationUnderTest } from './notification-under-test.ts';
import type { NotificationUnderTest } from './notification-under-test.ts';

const CANARY = 'Canary5Rn3Jd6Ls';
const KEYS = {
  p256dh: 'BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM',
  auth: 'tBHItJI5svbpez7KI4CCXg',
};

describe('erasing a person from notification-service', () => {
  let service: NotificationUnderTest;
  beforeAll(async () => {
    service = await startNotificationUnderTest();
  });
  afterAll(() => service.close());

  const erased = (userId: string) =>
    envelope('task-events', 'todo.account.erased.v1', { userId, at: new Date().toISOString() });
  const subscribe = (userId: string, name: string) =>
    service.ask('POST', '/internal/push-subscriptions', {
      userId,
      subscription: { endpoint: `https://push.example.com/${name}`, keys: KEYS, label: name },
    });
  async function fill(userId: string, text: string): Promise<void> {
    await service.prefer(
      userId,
      {
        email: { enabled: true },
        push: { enabled: true },
        webhook: { enabled: true, url: `https://example.com/${text}`, newSecret: false },
      },
      `${text}@example.com`,
    );
    expect((await subscribe(userId, text)).status).toBe(200);
    await service.remind({ userId, title: text });
    await service.deliver(service.reminder({ userId, title: text, remindAt: 'never' }), 'dead');
  }

  it('leaves nothing of theirs in any table or in the state store, and everything of another', async () => {
    await fill('anna', CANARY);
    await fill('anna2', 'Another6Text');
    const filled = await tablesWith(service.pool, CANARY);
    for (const table of ['notifications', 'push_subscriptions', 'dead_letters', 'outbox'])
      expect([...filled, 'notification.outbox']).toContain(`notification.${table}`);
    const others = await tablesWith(service.pool, 'Another6Text');

    const event = erased('anna');
    expect(await service.deliver(event)).toBe('SUCCESS');
    expect(await tablesWith(service.pool, CANARY)).toEqual([]);
    expect(JSON.stringify([...service.state])).not.toContain(CANARY);
    expect((await service.list('anna')).items).toEqual([]);

    expect(await tablesWith(service.pool, 'Another6Text')).toEqual(others);
    expect(JSON.stringify([...service.state])).toContain('Another6Text');
    expect((await service.list('anna2')).items).toHaveLength(1);
    expect(await service.deliver(event)).toBe('SUCCESS');
  });

  it('a reminder, a dead letter, and preferences that come later are dropped', async () => {
    await service.deliver(erased('ben'));
    expect(await service.deliver(service.reminder({ userId: 'ben', title: CANARY }))).toBe(
      'SUCCESS',
    );
    expect(await service.deliver(service.reminder({ userId: 'ben', title: CANARY }), 'dead')).toBe(
      'SUCCESS',
    );
    await expect(
      service.prefer('ben', {
        webhook: { enabled: true, url: `https://example.com/${CANARY}`, newSecret: false },
      }),
    ).rejects.toThrow('account-erased');
    expect((await subscribe('ben', CANARY)).status).toBe(410);
    expect(
      (await service.ask('POST', '/internal/notifications/test', { userId: 'ben', zone: 'UTC' }))
        .status,
    ).toBe(410);
    expect(await tablesWith(service.pool, CANARY)).toEqual([]);
    expect(JSON.stringify([...service.state])).not.toContain(CANARY);
  });

  it('is tried again while the state store is away, and nothing is stored meanwhile', async () => {
    const event = erased('carl');
    await service.prefer('carl', {
      webhook: { enabled: true, url: `https://example.com/${CANARY}`, newSecret: false },
    });
    const { sidecar } = service.parts;
    const works = sidecar.deleteState;
    Object.assign(sidecar, {
      deleteState: () => Promise.reject(new Error('the state store is away')),
    });
    expect(await service.deliver(event)).toBe('RETRY');
    Object.assign(sidecar, { deleteState: works });
    expect(
      await service.deliver(service.reminder({ userId: 'carl', title: CANARY, taskId: uuidv7() })),
    ).toBe('SUCCESS');
    expect(await service.deliver(event)).toBe('SUCCESS');
    expect(await tablesWith(service.pool, CANARY)).toEqual([]);
    expect(JSON.stringify([...service.state])).not.toContain(CANARY);
  });

  it('the database refuses what a route would let through', async () => {
    await service.deliver(erased('dora'));
    await expect(
      service.pool.query(
        `INSERT INTO notification.push_subscriptions (id, user_id, endpoint, p256dh, auth, label, created_at) VALUES (gen_random_uuid(), 'dora', 'x', '', '', '', now())`,
      ),
    ).rejects.toThrow('this account was erased');
  });
});
