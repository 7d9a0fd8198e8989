import { uuidv7 } from '@todo/runtime/uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { envelope, TOKEN } from '@todo/testing/consumer-under-test';
import { itKeepsTheDeliveryContract } from '@todo/testing/delivery-contract';
import { exampleChange, exampleTask } from '@todo/testing/example-task';
import type { Notification } from '../src/notifications.ts';
import { startNotificationUnderTest } from './notification-under-test.ts';
import type { NotificationUnderTest, Reminder } from './notification-under-test.ts';

describe('notification-service', () => {
  let service: NotificationUnderTest;
  beforeAll(async () => {
    service = await startNotificationUnderTest();
  });
  afterAll(() => service.close());

  const reminder = (fields: Partial<Reminder> = {}) => service.reminder(fields);
  const list = (userId: string, query = '') => service.list(userId, query);
  const ofTask = (userId: string, taskId: string) => service.ofTask(userId, taskId);

  itKeepsTheDeliveryContract(() => service, {
    event: () => reminder({ userId: 'contract' }),
    effects: async (event) => {
      const { rows } = await service.pool.query<{ n: number }>(
        'SELECT count(*)::int AS n FROM notification.notifications WHERE task_id = $1',
        [event.subject === '' ? null : event.subject],
      );
      return rows[0]!.n;
    },
  });

  it('a reminder becomes one notification, and the live views hear of it once', async () => {
    const event = reminder({ title: 'Zażółć gęślą 😀' });
    for (let n = 0; n < 3; n += 1) expect(await service.deliver(event)).toBe('SUCCESS');
    await service.relayed();
    const [made, ...more] = await ofTask('anna', event.subject);
    expect(more).toEqual([]);
    expect(made).toMatchObject({ kind: 'reminder', late: false, readAt: null });
    expect(made!.text).toContain('Zażółć gęślą 😀');
    const told = service.published.filter((each) => each.event.subject === event.subject);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({
      topic: 'task-updates',
      event: {
        type: 'todo.notification.created.v1',
        source: '/todo/notification-service',
        data: { userId: 'anna', notificationId: made!.id, taskId: event.subject, late: false },
      },
    });
  });

  it('the same reminder told by two events is one notification', async () => {
    const first = reminder();
    expect(await service.deliver(first)).toBe('SUCCESS');
    expect(await service.deliver({ ...first, id: uuidv7() })).toBe('SUCCESS');
    expect(await ofTask('anna', first.subject)).toHaveLength(1);
  });

  it('a reminder that is moved to another instant comes again, once', async () => {
    const first = reminder();
    const moved = {
      ...first,
      id: uuidv7(),
      data: { ...(first.data as Reminder), remindAt: '2027-06-01T07:00:00.000Z' },
    };
    for (const event of [first, moved, moved]) expect(await service.deliver(event)).toBe('SUCCESS');
    expect(await ofTask('anna', first.subject)).toHaveLength(2);
  });

  it('one person’s reminder does not stand in the way of another’s with equal ids', async () => {
    const first = reminder({ userId: 'hugo' });
    const other = { ...first, id: uuidv7(), data: { ...(first.data as Reminder), userId: 'ines' } };
    for (const event of [first, other]) expect(await service.deliver(event)).toBe('SUCCESS');
    expect(await ofTask('hugo', first.subject)).toHaveLength(1);
    expect(await ofTask('ines', first.subject)).toHaveLength(1);
  });

  it.each([
    ['zone', { zone: 'Mars/Olympus' }],
    ['locale', { locale: 'no such_locale!' }],
    ['due', { dueAt: 'soon', remindAt: 'now' }],
  ])('a %s that nobody knows: told all the same, not tried for ever', async (_what, fields) => {
    const event = reminder({ userId: 'jan', title: 'x', ...fields });
    expect(await service.deliver(event)).toBe('SUCCESS');
    expect((await ofTask('jan', event.subject))[0]!.text).toMatch(/^x/);
  });

  it('a due of a kind that is not known yet is taken as none', async () => {
    const event = reminder({ userId: 'kai' });
    const data = { ...(event.data as Reminder), due: { kind: 'moon', phase: 'full' } };
    expect(await service.deliver({ ...event, data })).toBe('SUCCESS');
    expect((await ofTask('kai', event.subject))[0]!.text).toContain('17 May 2027');
  });

  it('a notification of the version before is listed like any other', async () => {
    await service.pool.query(
      `INSERT INTO notification.notifications (id, user_id, task_id, reminder_id, kind, text, late, created_at)
       VALUES (gen_random_uuid(), 'lou', gen_random_uuid(), gen_random_uuid(), 'reminder', 'from before', false, now()) ON CONFLICT (reminder_id) DO NOTHING`,
    );
    expect((await list('lou')).items).toMatchObject([{ text: 'from before', deliveries: [] }]);
  });

  it('A07: a burst of overdue reminders comes late, each once, and says so', async () => {
    const taskId = uuidv7();
    const events = ['2027-05-12', '2027-05-11', '2027-05-13'].map((day) =>
      reminder({ taskId, remindAt: `2020${day.slice(4)}T07:00:00.000Z` }),
    );
    for (const event of events) expect(await service.deliver(event)).toBe('SUCCESS');
    expect((await ofTask('anna', taskId)).map((item) => item.late)).toEqual([true, true, true]);
  });

  it('other events change nothing', async () => {
    const task = exampleTask();
    const events = [
      envelope('task-events', 'todo.task.deleted.v1', exampleChange(task, { task: null })),
      envelope('task-events', 'todo.task.created.v1', exampleChange(task)),
    ];
    for (const event of events) expect(await service.deliver(event)).toBe('SUCCESS');
    expect(await ofTask('anna', task.id)).toEqual([]);
  });

  it('lists pages without gap or repetition, newest first', async () => {
    for (let n = 0; n < 7; n += 1) {
      service.at(`2027-05-17T10:00:0${n}Z`);
      await service.deliver(reminder({ userId: 'ben', title: `t${n}` }));
    }
    const seen: Notification[] = [];
    let after = '';
    do {
      const page = await list('ben', `&limit=3${after}`);
      seen.push(...page.items);
      after = page.next === null ? '' : `&after=${encodeURIComponent(page.next)}`;
    } while (after !== '');
    expect(seen.map((item) => item.text.split(' ')[0])).toEqual([
      't6',
      't5',
      't4',
      't3',
      't2',
      't1',
      't0',
    ]);
  });

  it('F01: only the owner reads and marks; everybody else gets the same 404', async () => {
    const event = reminder({ userId: 'carla' });
    await service.deliver(event);
    const [made] = await ofTask('carla', event.subject);
    expect((await list('dora')).items).toEqual([]);
    const mark = (userId: string, id: string) =>
      service.ask('POST', `/internal/notifications/${id}/read`, { userId });
    const others = await mark('dora', made!.id);
    expect(others.status).toBe(404);
    expect({ ...(others.body as object), traceId: '' }).toEqual({
      ...((await mark('dora', uuidv7())).body as object),
      traceId: '',
    });
    const read = (await mark('carla', made!.id)).body as Notification;
    expect(read.readAt).not.toBeNull();
    expect(((await mark('carla', made!.id)).body as Notification).readAt).toBe(read.readAt);
  });

  it('only the backend may ask, and only in a known form', async () => {
    const path = '/internal/notifications?userId=anna';
    const token = { 'dapr-api-token': TOKEN };
    expect((await service.ask('GET', path, undefined, {})).status).toBe(401);
    expect((await service.ask('GET', path, undefined, token)).status).toBe(403);
    for (const wrong of ['?userId=', '?userId=anna&limit=0', '?userId=anna&after=x'])
      expect((await service.ask('GET', `/internal/notifications${wrong}`)).status).toBe(400);
  });
});
