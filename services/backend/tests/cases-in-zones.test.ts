// What people were burnt by with dates (cases A01 to A08, C11), from the request to the row, with the server's process in three
// zones: no answer may change. Between completion and the next occurrence stands the recurring service's own decision.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TaskChange } from '@todo/contracts/events';
import type { Due, Task } from '@todo/contracts/task';
import { successorOf } from '@todo/recurring/successor';
import { APP_API_TOKEN, startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';

const processZone = process.env['TZ'];

describe.each([
  ['UTC', 0],
  ['America/Los_Angeles', 17],
  ['Asia/Tokyo', 9],
])('dates, process in %s', { timeout: 120_000 }, (tz, hour) => {
  let t: TestBackend;
  let now = new Date('2027-01-01T00:00:00Z');
  beforeAll(async () => {
    process.env['TZ'] = tz;
    t = await startTestBackend({ clock: () => now });
  });
  afterAll(async () => {
    await t.close();
    if (processZone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = processZone;
  });

  const date = (day: string): Due => ({ kind: 'date', date: day });
  const local = (at: string, zone: string): Due => ({ kind: 'local', local: at, zone });
  let people = 0;

  /** Somebody new, at home in a zone. */
  async function person(zone: string) {
    people += 1;
    const id = `person ${people}`;
    const headers = { authorization: `Bearer ${await t.token(id, { zone })}` };
    const ask = async (method: string, path: string, body?: object): Promise<Task> => {
      const answer = await t.ask(id, method, path, body, headers);
      if (answer.status >= 400) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
      return answer.body;
    };
    /** Adds a repeating task with a reminder at its due. */
    const add = (due: Due, rule: string): Promise<Task> =>
      ask('POST', '/tasks', {
        title: 'x',
        due,
        recurrence: { rule },
        reminders: [{ before: 'PT0S' }],
      });
    /** Completes a task and makes what follows, as the recurring service does; null when nothing does. */
    const complete = async (task: Task): Promise<Task | null> => {
      const done = await ask('POST', `/tasks/${task.id}/complete`);
      const completed = () =>
        t.published.findLast(
          ({ event }) =>
            event.type === 'todo.task.completed.v1' &&
            event.subject === task.id &&
            (event.data as TaskChange).version === done.version,
        );
      await expect.poll(completed).toBeDefined();
      const next = successorOf(completed()!.event.data as TaskChange);
      if (!next) return null;
      const made = await t.backend.app.inject({
        method: 'POST',
        url: '/internal/occurrences',
        headers: { 'dapr-api-token': APP_API_TOKEN, 'dapr-caller-app-id': 'recurring-service' },
        payload: next,
      });
      return await ask('GET', `/tasks/${made.json<{ taskId: string }>().taskId}`);
    };
    const open = async (): Promise<Task[]> =>
      (await t.ask(id, 'GET', '/tasks?status=open', undefined, headers)).body.items;
    return { id, ask, add, complete, open };
  }
  type Person = Awaited<ReturnType<typeof person>>;

  /** Completes on time, several times. */
  async function chain(who: Person, first: Task, times: number): Promise<Task[]> {
    const tasks = [first];
    for (let n = 0; n < times; n += 1) {
      const last = tasks.at(-1)!;
      now = new Date(last.dueAt!);
      const next = await who.complete(last);
      if (!next) break;
      tasks.push(next);
    }
    return tasks;
  }
  const instants = (tasks: readonly Task[]) => tasks.map((task) => task.dueAt!.slice(0, 16));
  const days = (tasks: readonly Task[]) =>
    tasks.map(({ due }) =>
      due?.kind === 'date' ? due.date : due?.kind === 'local' ? due.local.slice(0, 10) : '',
    );

  it('the process really runs in that zone', () => {
    expect(new Date('2027-07-01T00:00:00Z').getHours()).toBe(hour);
  });

  it('A01: monthly on the 31st ends with each month and comes back to the 31st', async () => {
    now = new Date('2027-01-01T00:00:00Z');
    const who = await person('Europe/Berlin');
    const first = await who.add(local('2027-01-31T09:00', 'Europe/Berlin'), 'FREQ=MONTHLY');
    expect(days(await chain(who, first, 5))).toEqual([
      '2027-01-31',
      '2027-02-28',
      '2027-03-31',
      '2027-04-30',
      '2027-05-31',
      '2027-06-30',
    ]);
    const leap = await who.add(date('2028-01-31'), 'FREQ=MONTHLY');
    expect(days(await chain(who, leap, 2))).toEqual(['2028-01-31', '2028-02-29', '2028-03-31']);
  });

  it.each([
    [
      'America/New_York',
      '2027-03-13T09:00',
      ['2027-03-13T14:00', '2027-03-14T13:00', '2027-03-15T13:00'],
    ],
    [
      'America/New_York',
      '2027-11-06T09:00',
      ['2027-11-06T13:00', '2027-11-07T14:00', '2027-11-08T14:00'],
    ],
    ['Europe/Berlin', '2027-03-27T16:00', ['2027-03-27T15:00', '2027-03-28T14:00']],
    ['Australia/Sydney', '2027-10-02T16:00', ['2027-10-02T06:00', '2027-10-03T05:00']],
    // A04: the time does not exist on the 14th: as much later as the gap is long, and back to 02:30 after it
    [
      'America/New_York',
      '2027-03-13T02:30',
      ['2027-03-13T07:30', '2027-03-14T07:30', '2027-03-15T06:30'],
    ],
  ])(
    'A03, A04: daily in %s from %s keeps the wall clock, and so does the reminder',
    async (zone, start, expected) => {
      now = new Date(`${start.slice(0, 10)}T00:00:00Z`);
      const who = await person(zone);
      const tasks = await chain(
        who,
        await who.add(local(start, zone), 'FREQ=DAILY'),
        expected.length - 1,
      );
      expect(instants(tasks)).toEqual(expected);
      const { rows } = await t.pool.query<{ pending_at: Date }>(
        `SELECT coalesce(r.pending_at, r.sent_for) AS pending_at FROM todo.reminders r WHERE r.task_id = $1`,
        [tasks.at(-1)!.id],
      );
      expect(rows.map((row) => row.pending_at.toISOString().slice(0, 16))).toEqual([
        expected.at(-1),
      ]);
    },
  );

  it.each(['Asia/Tokyo', 'America/Los_Angeles', 'UTC'])(
    'A06: every weekday is the weekday of a person in %s',
    async (zone) => {
      now = new Date('2027-05-06T12:00:00Z');
      const who = await person(zone);
      const weekdays = await chain(
        who,
        await who.add(date('2027-05-07'), 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR'),
        20,
      );
      expect(days(weekdays).slice(0, 3)).toEqual(['2027-05-07', '2027-05-10', '2027-05-11']);
      for (const day of days(weekdays))
        expect([1, 2, 3, 4, 5]).toContain(new Date(`${day}T12:00:00Z`).getUTCDay());
      const mondays = await chain(
        who,
        await who.add(local('2027-05-10T00:00', zone), 'FREQ=WEEKLY;BYDAY=MO'),
        2,
      );
      expect(days(mondays)).toEqual(['2027-05-10', '2027-05-17', '2027-05-24']);
    },
  );

  it('A07: a late completion gives one successor, in the future, and a second completion none', async () => {
    now = new Date('2027-05-10T00:00:00Z');
    const who = await person('UTC');
    const daily = await who.add(local('2027-05-11T09:00', 'UTC'), 'FREQ=DAILY');
    now = new Date('2027-05-17T15:00:00Z');
    expect(instants([(await who.complete(daily))!])).toEqual(['2027-05-18T09:00']);
    await who.complete(daily);
    expect(await who.open()).toHaveLength(1);

    now = new Date('2027-05-10T00:00:00Z');
    const early = await who.add(local('2027-05-11T09:00', 'UTC'), 'FREQ=DAILY');
    now = new Date('2027-05-17T08:59:00Z');
    expect(instants([(await who.complete(early))!])).toEqual(['2027-05-17T09:00']);

    now = new Date('2027-05-10T00:00:00Z');
    const weekly = await who.add(local('2027-05-17T09:00', 'UTC'), 'FREQ=WEEKLY;BYDAY=MO');
    now = new Date('2027-05-18T12:00:00Z');
    const [next, again] = [await who.complete(weekly), await who.complete(weekly)];
    expect(instants([next!])).toEqual(['2027-05-24T09:00']);
    expect(again!.id).toBe(next!.id);
  });

  it('A08: done, opened again and done, or done twice at once, is one successor', async () => {
    now = new Date('2027-05-10T00:00:00Z');
    const who = await person('Europe/Berlin');
    const task = await who.add(date('2027-05-10'), 'FREQ=WEEKLY');
    const first = await who.complete(task);
    await who.ask('POST', `/tasks/${task.id}/reopen`);
    const others = await Promise.all([who.complete(task), who.complete(task)]);
    expect(others.map((one) => one!.id)).toEqual([others[0]!.id, others[0]!.id]);
    expect(others[0]!.id).not.toBe(first!.id); // reopening removed that one
    expect(others[0]!.due).toEqual(first!.due);
    expect(await who.open()).toHaveLength(1);
  });

  it('COUNT and UNTIL end a series', async () => {
    now = new Date('2027-05-10T00:00:00Z');
    const who = await person('Asia/Tokyo');
    expect(
      await chain(who, await who.add(date('2027-05-10'), 'FREQ=DAILY;COUNT=3'), 9),
    ).toHaveLength(3);
    const until = await who.add(date('2027-05-10'), 'FREQ=DAILY;UNTIL=20270512');
    expect(days(await chain(who, until, 9))).toEqual(['2027-05-10', '2027-05-11', '2027-05-12']);
  });

  it('C11: a day stays that day in answers, lists, events and files', async () => {
    now = new Date('2027-05-10T00:00:00Z');
    const who = await person('Pacific/Auckland');
    const task = await who.ask('POST', '/tasks', { title: 'x', due: date('2027-05-10') });
    expect((await who.open())[0]!.due).toEqual(date('2027-05-10'));
    // the end of that day in Auckland, UTC+12
    expect(task.dueAt).toBe('2027-05-10T11:59:59.000Z');
    await expect
      .poll(() => t.published.find(({ event }) => event.subject === task.id)?.event.data)
      .toMatchObject({ task: { due: date('2027-05-10') } });
    const headers = { authorization: `Bearer ${await t.token(who.id)}` };
    for (const [format, text] of [
      ['csv', '2027-05-10'],
      ['ics', 'DUE;VALUE=DATE:20270510'],
      ['json', '"date":"2027-05-10"'],
    ] as const) {
      const file = await t.backend.app.inject({ url: `/api/v1/export?format=${format}`, headers });
      expect(file.body).toContain(text);
    }
  });
});
