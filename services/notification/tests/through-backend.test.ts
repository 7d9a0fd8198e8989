// A person's way: the API of the real backend, with the real service behind it.
import type { PreferencesAnswer } from '@todo/contracts/notification-preferences';
import { SidecarError } from '@todo/runtime/sidecar';
import type { Sidecar } from '@todo/runtime/sidecar';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';
import { asDelivered, TOKEN } from '@todo/testing/consumer-under-test';
import { invokeApps } from '@todo/testing/invoke-app';
import { APP_ID } from '../src/app.ts';
import type { Notification } from '../src/notifications.ts';
import { startNotificationUnderTest } from './notification-under-test.ts';
import type { NotificationUnderTest } from './notification-under-test.ts';

describe('notifications through the backend', () => {
  let service: NotificationUnderTest;
  let t: TestBackend;
  let away = false;
  beforeAll(async () => {
    service = await startNotificationUnderTest({ OUTBOUND_PRIVATE_ADDRESSES: 'false' });
    const invoke = invokeApps('todo-backend', { [APP_ID]: { app: service.app, token: TOKEN } });
    const sidecar: Sidecar = {
      ...service.parts.sidecar,
      invoke: (...call) =>
        away ? Promise.reject(new SidecarError('away', 500, 'ERR_DIRECT_INVOKE')) : invoke(...call),
      publish: async (topic, event) => {
        if (topic !== 'reminders') return;
        expect(await service.deliver(asDelivered(topic, event))).toBe('SUCCESS');
      },
    };
    t = await startTestBackend({ sidecar });
  });
  afterAll(async () => {
    await t.close();
    await service.close();
  });

  const off = {
    email: { enabled: false },
    push: { enabled: true },
    webhook: { enabled: false, url: null },
    quietHours: null,
  };
  const path = '/notifications/preferences';
  const preferences = async (user: string) =>
    (await t.ask(user, 'GET', path)).body as unknown as PreferencesAnswer;
  const subscription = (n: number) => ({
    endpoint: `https://push.example/${n}`,
    expirationTime: null,
    keys: { p256dh: 'B'.repeat(87), auth: 'a'.repeat(22) },
    label: 'Phone',
  });

  it('preferences: read, replaced, read again; the address is the account’s', async () => {
    expect(await preferences('anna')).toMatchObject({
      email: { enabled: false, address: null },
      push: { enabled: true },
      quietHours: null,
      channels: { email: { available: false } },
    });
    const wanted = {
      email: { enabled: true },
      push: { enabled: false },
      webhook: { enabled: true, url: 'https://hooks.example/a' },
      quietHours: { from: '22:00', to: '07:00' },
    };
    const answer = await t.ask('anna', 'PUT', path, wanted);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      email: { enabled: true, address: 'anna@example.com' },
      webhook: { enabled: true, url: 'https://hooks.example/a' },
      quietHours: wanted.quietHours,
    });
    const { webhook } = await preferences('anna');
    expect(webhook.secret).toMatch(/^whsec_/);
    await t.ask('anna', 'PUT', path, wanted);
    expect((await preferences('anna')).webhook.secret).toBe(webhook.secret);
    expect((await preferences('ben')).webhook).toEqual({ enabled: false, url: null, secret: null });
  });

  it.each([
    ['email', { ...off, email: undefined }],
    ['webhook.url', { ...off, webhook: { enabled: true, url: null } }],
    ['webhook.url', { ...off, webhook: { enabled: true, url: 'ftp://x.example' } }],
    ['webhook.url', { ...off, webhook: { enabled: true, url: 'x' } }],
    ['webhook.url', { ...off, webhook: { enabled: true, url: 'https://a b' } }],
    ['webhook.url', { ...off, webhook: { enabled: true, url: 'https://u:p@x.example' } }],
    ['webhook.url', { ...off, webhook: { enabled: true, url: 'https://169.254.169.254/' } }],
    ['webhook.url', { ...off, webhook: { enabled: true, url: 'http://x.example/' } }],
    ['quietHours.to', { ...off, quietHours: { from: '22:00', to: '22:00' } }],
    ['quietHours.from', { ...off, quietHours: { from: '25:00', to: '07:00' } }],
    ['sms', { ...off, sms: true }],
  ])('what is wrong is named: %s', async (field, body) => {
    const answer = await t.ask('anna', 'PUT', path, body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map((error) => error.field)).toEqual([field]);
  });

  it('devices: signed up once, listed, removed by their owner only', async () => {
    const made = await t.ask('carla', 'POST', '/notifications/push-subscriptions', subscription(1));
    expect([made.status, made.body]).toMatchObject([
      201,
      { label: 'Phone', service: 'push.example' },
    ]);
    const again = await t.ask(
      'carla',
      'POST',
      '/notifications/push-subscriptions',
      subscription(1),
    );
    expect(again.body.id).toBe(made.body.id);
    expect((await preferences('carla')).pushSubscriptions).toHaveLength(1);
    const one = `/notifications/push-subscriptions/${made.body.id}`;
    expect((await t.ask('dora', 'DELETE', one)).status).toBe(404);
    expect((await t.ask('carla', 'DELETE', one)).status).toBe(204);
    expect((await t.ask('carla', 'DELETE', one)).status).toBe(404);
    expect((await preferences('carla')).pushSubscriptions).toEqual([]);
    for (const endpoint of [
      'https://127.0.0.1/push',
      'https://',
      'push',
      'https://u:p@x.example/',
    ]) {
      const wrong = { ...subscription(2), endpoint };
      const refused = await t.ask('carla', 'POST', '/notifications/push-subscriptions', wrong);
      expect([endpoint, refused.status, refused.body.errors[0].field]).toEqual([
        endpoint,
        400,
        'endpoint',
      ]);
    }
    const odd = { ...subscription(2), endpoint: 'https://push.example/a\0b' };
    const kept = await t.ask('carla', 'POST', '/notifications/push-subscriptions', odd);
    expect(kept.status).toBe(201);
  });

  it('at most twenty devices', async () => {
    const add = (n: number) =>
      t.ask('erik', 'POST', '/notifications/push-subscriptions', subscription(100 + n));
    for (let n = 0; n < 20; n += 1) expect((await add(n)).status).toBe(201);
    expect((await add(20)).status).toBe(409);
    expect((await add(3)).status).toBe(201);
  });

  it('a test shows up in the list; the sixth within a minute is refused', async () => {
    const test = () => t.ask('fred', 'POST', '/notifications/test');
    const made = await test();
    expect([made.status, made.body]).toMatchObject([202, { kind: 'test', deliveries: [] }]);
    const { items } = (await t.ask('fred', 'GET', '/notifications')).body;
    expect((items as unknown as Notification[]).map(({ id }) => id)).toEqual([made.body.id]);
    for (let n = 0; n < 4; n += 1) await test();
    expect((await test()).status).toBe(429);
  });

  it('a reminder of a task due on a day names the day; one with a time the time', async () => {
    const soon = new Date(Date.now() + 500).toISOString();
    const reminders = [{ at: soon }];
    const day = { kind: 'date', date: '2099-05-17' };
    const time = { kind: 'local', local: '2099-05-17T09:00', zone: 'UTC' };
    await t.add('hana', { title: 'day', due: day, reminders });
    await t.add('hana', { title: 'time', due: time, reminders });
    const texts = async () =>
      ((await t.ask('hana', 'GET', '/notifications')).body.items as unknown as Notification[])
        .map(({ text }) => text.replaceAll('\u202F', ' '))
        .sort();
    await expect
      .poll(texts, { timeout: 10_000 })
      .toEqual(['day · May 17, 2099', 'time · May 17, 2099, 9:00 AM']);
  });

  it('how many are not read; read one by one, by task, or all at once; only one’s own', async () => {
    const unread = async (who: string) =>
      ((await t.ask(who, 'GET', '/notifications/unread')).body as unknown as { unread: number })
        .unread;
    const read = (who: string, path: string, body?: object) =>
      t.ask(who, 'POST', `/notifications${path}`, body);
    for (const who of ['rita', 'rita', 'rita', 'carl']) await read(who, '/test');
    expect(await unread('rita')).toBe(3);
    const [first] = (await t.ask('rita', 'GET', '/notifications')).body.items;
    expect((await read('carl', `/${first!.id}/read`)).status).toBe(404);
    expect((await read('rita', `/${first!.id}/read`)).status).toBe(200);
    expect(await unread('rita')).toBe(2);
    const none = '0198f3c0-0000-7000-8000-000000000000';
    expect((await read('rita', '/read', { taskId: none })).body).toEqual({ marked: 0 });
    expect((await read('rita', '/read')).body).toEqual({ marked: 2 });
    expect((await read('rita', '/read', {})).body).toEqual({ marked: 0 });
    expect(await unread('rita')).toBe(0);
    expect(await unread('carl')).toBe(1);
    expect((await read('rita', '/read', { taskId: 'x' })).status).toBe(400);
  });

  it('an access token may not touch any of it', async () => {
    const { body } = await t.ask('gina', 'POST', '/tokens', {
      name: 'script',
      scopes: ['tasks:read', 'tasks:write'],
    });
    const authorization = `Bearer ${body.token}`;
    for (const [method, route, payload] of [
      ['GET', path, undefined],
      ['PUT', path, off],
      ['POST', '/notifications/push-subscriptions', subscription(3)],
      ['POST', '/notifications/test', undefined],
    ] as const) {
      const answer = await t.ask('gina', method, route, payload, { authorization });
      expect([method, route, answer.status]).toEqual([method, route, 403]);
    }
  });

  it('the service is away: 503 and when to try again', async () => {
    away = true;
    const answer = await t.ask('anna', 'GET', path);
    away = false;
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '2']);
  });
});
