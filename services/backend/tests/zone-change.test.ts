// A person who changes their zone: what moves at once, what stays, and that a token from before does not change it back.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Due, Task } from '@todo/contracts/task';
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';

describe('changing the zone', () => {
  let t: TestBackend;
  let people = 0;
  beforeAll(async () => {
    t = await startTestBackend({ clock: () => new Date('2027-05-10T06:00:00Z') });
  });
  afterAll(() => t.close());

  const date = (text: string): Due => ({ kind: 'date', date: text });
  const local = (text: string, zone: string): Due => ({ kind: 'local', local: text, zone });
  /** A person whose tokens say this zone, made some seconds ago (negative: in the future). */
  const person = (name = `person-${(people += 1)}`) => {
    const as = async (zone: string, ago = 0) => {
      const iat = Math.floor(Date.now() / 1_000) - ago;
      return { authorization: `Bearer ${await t.token(name, { zone, iat })}` };
    };
    return {
      name,
      as,
      ask: async (zone: string, method: string, path: string, body?: unknown, ago = 0) =>
        await t.ask(name, method, path, body, await as(zone, ago)),
      add: async (zone: string, fields: object): Promise<Task> =>
        (await t.ask(name, 'POST', '/tasks', { title: 'x', ...fields }, await as(zone))).body,
      read: async (id: string): Promise<Task> => (await t.ask(name, 'GET', `/tasks/${id}`)).body,
      pending: async (id: string): Promise<string[]> => {
        const { rows } = await t.pool.query<{ at: Date }>(
          'SELECT pending_at AS at FROM todo.reminders WHERE task_id = $1 AND pending_at IS NOT NULL',
          [id],
        );
        return rows.map(({ at }) => at.toISOString());
      },
    };
  };

  it('all-day tasks and their reminders move at once, timed ones keep their zone, instants stay', async () => {
    const who = person();
    const allDay = await who.add('Europe/Berlin', {
      due: date('2027-05-20'),
      reminders: [{ before: 'PT0S' }, { at: '2027-05-19T10:00:00Z' }],
      recurrence: { rule: 'FREQ=MONTHLY' },
    });
    const timed = await who.add('Europe/Berlin', {
      due: local('2027-05-20T09:00', 'Europe/Berlin'),
    });
    const instant = await who.add('Europe/Berlin', {
      due: { kind: 'instant', at: '2027-05-20T07:00:00Z' },
    });
    const { status, body } = await who.ask('Asia/Tokyo', 'PUT', '/me/zone', { zone: 'Asia/Tokyo' });
    expect([status, body]).toEqual([200, { zone: 'Asia/Tokyo', moved: { allDay: 1, timed: 0 } }]);
    expect(await who.read(allDay.id)).toMatchObject({
      version: 2,
      due: date('2027-05-20'),
      dueAt: '2027-05-20T14:59:59.000Z',
      recurrence: { zone: 'Asia/Tokyo', anchor: '2027-05-20' },
    });
    expect((await who.pending(allDay.id)).sort()).toEqual([
      '2027-05-19T10:00:00.000Z',
      '2027-05-20T00:00:00.000Z',
    ]);
    expect(await who.read(timed.id)).toEqual(timed);
    expect(await who.read(instant.id)).toEqual(instant);
    await expect
      .poll(() => t.published.filter(({ event }) => event.subject === allDay.id).at(-1)?.event)
      .toMatchObject({ type: 'todo.task.updated.v1', data: { zone: 'Asia/Tokyo' } });
  });

  it('timed tasks of the old zone move where the person asks for it, with their series', async () => {
    const who = person();
    const monthly = await who.add('Europe/Berlin', {
      due: local('2027-05-31T09:00', 'Europe/Berlin'),
      recurrence: { rule: 'FREQ=MONTHLY' },
      reminders: [{ before: 'PT1H' }],
    });
    const elsewhere = await who.add('Europe/Berlin', {
      due: local('2027-05-20T09:00', 'America/New_York'),
    });
    const done = await who.add('Europe/Berlin', {
      due: local('2027-05-20T09:00', 'Europe/Berlin'),
    });
    await who.ask('Europe/Berlin', 'POST', `/tasks/${done.id}/complete`);
    const { body } = await who.ask('Europe/Berlin', 'PUT', '/me/zone', {
      zone: 'Asia/Kolkata',
      moveTimedFrom: 'Europe/Berlin',
    });
    expect(body).toEqual({ zone: 'Asia/Kolkata', moved: { allDay: 0, timed: 1 } });
    expect(await who.read(monthly.id)).toMatchObject({
      due: local('2027-05-31T09:00', 'Asia/Kolkata'),
      dueAt: '2027-05-31T03:30:00.000Z',
      recurrence: { zone: 'Asia/Kolkata', anchor: '2027-05-31T09:00' },
    });
    expect(await who.pending(monthly.id)).toEqual(['2027-05-31T02:30:00.000Z']);
    expect((await who.read(elsewhere.id)).due).toEqual(elsewhere.due);
    expect((await who.read(done.id)).due).toEqual(done.due);
    // asked again, nothing is left to move
    const again = await who.ask('Asia/Kolkata', 'PUT', '/me/zone', {
      zone: 'Asia/Kolkata',
      moveTimedFrom: 'Europe/Berlin',
    });
    expect(again.body).toMatchObject({ moved: { allDay: 0, timed: 0 } });
  });

  it('a token from before does not change it back, a newer one does change it', async () => {
    const who = person();
    const task = await who.add('Europe/Berlin', { due: date('2027-05-20') });
    await who.ask('Asia/Tokyo', 'PUT', '/me/zone', { zone: 'Asia/Tokyo' });
    for (const ago of [0, 30, 600]) {
      const late = await who.ask(
        'Europe/Berlin',
        'POST',
        '/tasks',
        { title: 'y', due: date('2027-05-21') },
        ago,
      );
      expect(late.body.dueAt).toBe('2027-05-21T14:59:59.000Z');
    }
    expect((await who.read(task.id)).dueAt).toBe('2027-05-20T14:59:59.000Z');
    await who.ask('America/Lima', 'POST', '/tasks', { title: 'z' }, -300);
    expect((await who.read(task.id)).dueAt).toBe('2027-05-21T04:59:59.000Z');
  });

  it('a list or an access token made in the new zone takes nothing away from the move', async () => {
    const who = person();
    const task = await who.add('UTC', { due: date('2027-05-20') });
    const list = await who.ask('Asia/Tokyo', 'POST', '/lists', { name: 'Home' });
    expect(list.status).toBe(201);
    await who.ask('Asia/Tokyo', 'POST', '/tokens', { name: 'script' });
    await who.ask('Asia/Tokyo', 'POST', '/tasks', { title: 'y' });
    expect((await who.read(task.id)).dueAt).toBe('2027-05-20T14:59:59.000Z');
  });

  it('what is opened or restored after the move is due in the new zone', async () => {
    const who = person();
    const done = await who.add('UTC', { due: date('2027-05-20') });
    const gone = await who.add('UTC', { due: date('2027-05-20') });
    await who.ask('UTC', 'POST', `/tasks/${done.id}/complete`);
    await who.ask('UTC', 'DELETE', `/tasks/${gone.id}`);
    await who.ask('UTC', 'PUT', '/me/zone', { zone: 'Asia/Tokyo' });
    for (const [id, action] of [
      [done.id, 'reopen'],
      [gone.id, 'restore'],
    ] as const) {
      const { body } = await who.ask('Asia/Tokyo', 'POST', `/tasks/${id}/${action}`);
      expect(body.dueAt).toBe('2027-05-20T14:59:59.000Z');
    }
  });

  it('all or nothing, and only for the person signed in', async () => {
    const who = person();
    const task = await who.add('UTC', { due: date('2027-05-20') });
    const wrong = await who.ask('UTC', 'PUT', '/me/zone', { zone: 'Mars/Olympus' });
    expect([wrong.status, wrong.body.errors[0].field]).toEqual([400, 'zone']);
    const { token } = (await who.ask('UTC', 'POST', '/tokens', { name: 'script' })).body;
    const script = { authorization: `Bearer ${token}` };
    const body = { zone: 'Asia/Tokyo' };
    expect((await t.ask(who.name, 'PUT', '/me/zone', body, script)).status).toBe(403);
    expect((await who.read(task.id)).dueAt).toBe('2027-05-20T23:59:59.000Z');
    // a script acts in the zone of its person, from now on the new one
    await who.ask('UTC', 'PUT', '/me/zone', body);
    const made = await t.ask(
      who.name,
      'POST',
      '/tasks',
      { title: 'y', due: date('2027-05-21') },
      script,
    );
    expect(made.body.dueAt).toBe('2027-05-21T14:59:59.000Z');
  });
});
