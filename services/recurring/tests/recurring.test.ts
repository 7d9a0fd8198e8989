// The service with the real backend behind it: each in its own database, both asked as their sidecars ask them.
import { localTime } from '@todo/contracts/due';
import { SidecarError } from '@todo/runtime/sidecar';
import type { Due, Task } from '@todo/contracts/task';
import { uuidv7 } from '@todo/runtime/uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APP_API_TOKEN, startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';
import { asDelivered, envelope, startConsumerUnderTest } from '@todo/testing/consumer-under-test';
import type { ConsumerUnderTest, Envelope } from '@todo/testing/consumer-under-test';
import { itKeepsTheDeliveryContract } from '@todo/testing/delivery-contract';
import { exampleChange, exampleTask } from '@todo/testing/example-task';
import { invokeApps } from '@todo/testing/invoke-app';
import { APP_ID, recurring, SCHEMA } from '../src/app.ts';

describe('recurring-service', () => {
  let service: ConsumerUnderTest;
  let t: TestBackend;
  let now = new Date();
  let backendIsAway: SidecarError | undefined;
  beforeAll(async () => {
    t = await startTestBackend({ clock: () => now });
    const invoke = invokeApps(APP_ID, {
      'todo-backend': { app: () => t.backend.app, token: APP_API_TOKEN },
    });
    service = await startConsumerUnderTest({
      appId: APP_ID,
      schema: SCHEMA,
      migrations: new URL('../migrations/', import.meta.url),
      build: recurring,
      invoke: async (...call) => {
        if (backendIsAway) throw backendIsAway;
        return await invoke(...call);
      },
    });
  });
  afterAll(async () => {
    await service.close();
    await t.close();
  });

  const user = () => `user-${uuidv7()}`;
  /** Every event the backend has published of a task, as its sidecar delivers it. */
  const eventsOf = async (taskId: string, type: string, atLeast = 1): Promise<Envelope[]> => {
    const found = () =>
      t.published.filter(({ event }) => event.subject === taskId && event.type === type);
    await expect.poll(() => found().length).toBeGreaterThanOrEqual(atLeast);
    return found().map(({ topic, event }) => asDelivered(topic, event));
  };
  const complete = async (person: string, task: Task): Promise<Envelope> => {
    expect((await t.ask(person, 'POST', `/tasks/${task.id}/complete`)).status).toBe(200);
    return (await eventsOf(task.id, 'todo.task.completed.v1')).at(-1)!;
  };
  const open = async (person: string): Promise<Task[]> =>
    (await t.ask(person, 'GET', '/tasks?status=open&limit=200')).body.items;
  const successor = async (person: string, task: Task): Promise<Task | undefined> => {
    expect(await service.deliver(await complete(person, task))).toBe('SUCCESS');
    const tasks = (await open(person)).filter((each) => each.seriesId === task.seriesId);
    expect(tasks.length).toBeLessThan(2);
    return tasks[0];
  };
  const local = (text: string, zone = 'Europe/Berlin'): Due => ({
    kind: 'local',
    local: text,
    zone,
  });
  const at = (text: string): void => {
    now = new Date(text);
  };
  const repeating = (person: string, due: Due, rule: string, more: object = {}): Promise<Task> =>
    t.add(person, { title: 'x', due, recurrence: { rule, ...more } });

  /** An event whose task the backend has, so that a successor can be made. */
  const examples: Envelope[] = [];
  beforeAll(async () => {
    for (let n = 0; n < 30; n += 1) {
      const task = await repeating('contract', local('2027-01-31T09:00'), 'FREQ=WEEKLY');
      const done = { ...task, status: 'done' as const, completedAt: '2027-01-31T08:00:00.000Z' };
      const change = exampleChange(done, { userId: 'contract' });
      examples.push(envelope('task-events', 'todo.task.completed.v1', change));
    }
  });
  itKeepsTheDeliveryContract(() => service, {
    event: () => examples.pop()!,
    effects: async (event) => {
      await service.relayed();
      const made = (await open('contract')).filter(
        (task) => task.seriesId === event.subject && task.occurrence === 2,
      );
      const told = service.published.filter(
        (each) => (each.event.data as { seriesId: string }).seriesId === event.subject,
      );
      // A successor may stand before its event is recorded: the next delivery finds it. Told of: exactly once in the end.
      expect(made.length).toBeLessThanOrEqual(1);
      expect(told.length).toBeLessThanOrEqual(made.length);
      return told.length;
    },
  });

  it.each([
    ['the sidecar finds none', new SidecarError('away', 500, 'ERR_DIRECT_INVOKE')],
    ['something else answers that it knows no such path', new SidecarError('away', 404, '')],
    [
      'another page answers in its place',
      new SidecarError('away', 404, '<h1>default backend</h1>'),
    ],
    ['the sidecar itself answers 404', new SidecarError('away', 404, '{"errorCode":"ERR_X"}')],
  ])('B02: RETRY while %s, and one successor afterwards', async (_what, away) => {
    const person = user();
    at('2027-05-10T10:00:00Z');
    const task = await repeating(person, local('2027-05-10T09:00'), 'FREQ=DAILY');
    const event = await complete(person, task);
    backendIsAway = away;
    expect(await service.deliver(event)).toBe('RETRY');
    backendIsAway = undefined;
    expect(await open(person)).toEqual([]);
    expect(await service.deliver(event)).toBe('SUCCESS');
    expect(await service.deliver(event)).toBe('SUCCESS');
    expect(await open(person)).toHaveLength(1);
  });

  it('a task the backend does not know is poison, not tried for ever', async () => {
    const stranger = exampleTask({
      status: 'done',
      due: { kind: 'date', date: '2027-05-10' },
      recurrence: { rule: 'FREQ=DAILY', from: 'due' },
      seriesId: uuidv7(),
      completedAt: '2027-05-10T10:00:00.000Z',
    });
    const event = envelope('task-events', 'todo.task.completed.v1', exampleChange(stranger));
    expect(await service.deliver(event)).toBe('DROP');
  });

  it.each([
    ['a rule from another world', 'FREQ=HOURLY'],
    ['a rule that contradicts itself', 'FREQ=DAILY;COUNT=1;UNTIL=20270101'],
    ['a day that no year has', 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30'],
    ['a day that no such month has', 'BYMONTHDAY=31;BYMONTH=4;FREQ=MONTHLY'],
    ['a place that no week has', 'FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=3'],
    ['a day that is never both', 'FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=15'],
    ['a step that never meets its weekday', 'FREQ=DAILY;INTERVAL=7;BYDAY=TU'],
  ])('%s is poison', async (_what, rule) => {
    const wrong = exampleTask({
      due: { kind: 'date', date: '2027-05-10' },
      recurrence: { rule, from: 'due' },
      seriesId: uuidv7(),
      completedAt: '2027-05-10T10:00:00.000Z',
    });
    const event = envelope('task-events', 'todo.task.completed.v1', exampleChange(wrong));
    expect(await service.deliver(event)).toBe('DROP');
  });

  it.each([
    // 20:00 UTC on Monday is Tuesday in Tokyo: "every Tuesday" is the person's Tuesday
    ['the recurrence’s zone', { zone: 'Asia/Tokyo' }, 'America/Los_Angeles', '2027-05-24'],
    ['the person’s zone where the recurrence names none', {}, 'Asia/Tokyo', '2027-05-24'],
    ['UTC where nobody names one', {}, undefined, '2027-05-18'],
    ['UTC where nobody names one that is known', {}, 'Mars/Olympus', '2027-05-18'],
  ])('A06: days are counted in %s', async (_what, ofRecurrence, ofUser, expected) => {
    const due: Due = { kind: 'instant', at: '2027-05-17T20:00:00.000Z' };
    const { id } = await repeating('contract', due, 'FREQ=WEEKLY;BYDAY=TU');
    const done = exampleTask({
      id,
      due,
      status: 'done',
      seriesId: id,
      recurrence: { rule: 'FREQ=WEEKLY;BYDAY=TU', from: 'due', ...ofRecurrence },
      completedAt: '2027-05-17T21:00:00.000Z',
    });
    const change = exampleChange(done, { userId: 'contract', zone: ofUser });
    const event = envelope('task-events', 'todo.task.completed.v1', change);
    expect(await service.deliver(event)).toBe('SUCCESS');
    const next = (await open('contract')).find(
      (task) => task.seriesId === id && task.occurrence === 2,
    );
    expect(next?.due).toEqual({ kind: 'instant', at: `${expected}T20:00:00.000Z` });
  });

  it('a task that does not repeat has no successor; other events neither', async () => {
    const person = user();
    const task = await t.add(person, { title: 'once', due: local('2027-05-10T09:00') });
    expect(await successor(person, task)).toBeUndefined();
    const repeated = await repeating(person, local('2027-05-10T09:00'), 'FREQ=DAILY');
    for (const created of await eventsOf(repeated.id, 'todo.task.created.v1'))
      expect(await service.deliver(created)).toBe('SUCCESS');
    expect(await open(person)).toHaveLength(1);
  });

  it('A07: done six days late gives one successor in the future, and no missed ones', async () => {
    const person = user();
    at('2027-05-11T06:00:00Z');
    const daily = await repeating(person, local('2027-05-11T09:00', 'UTC'), 'FREQ=DAILY');
    at('2027-05-17T15:00:00Z');
    const next = await successor(person, daily);
    expect(next?.due).toEqual(local('2027-05-18T09:00', 'UTC'));
    await service.relayed();
    const told = service.published.filter(
      (each) => (each.event.data as { seriesId: string }).seriesId === daily.id,
    );
    expect(told).toHaveLength(1);
    expect(told[0]!.event.data).toMatchObject({ taskId: next!.id, previousTaskId: daily.id });
    // before its time of day: today
    const early = await repeating(person, local('2027-05-11T18:00', 'UTC'), 'FREQ=DAILY');
    expect((await successor(person, early))?.due).toEqual(local('2027-05-17T18:00', 'UTC'));
    // a weekday stays, and a second completion does not move on
    at('2027-05-18T10:00:00Z');
    const weekly = await repeating(person, { kind: 'date', date: '2027-05-17' }, 'FREQ=WEEKLY');
    const event = await complete(person, weekly);
    for (let n = 0; n < 2; n += 1) {
      expect(await service.deliver({ ...event, id: uuidv7() })).toBe('SUCCESS');
      const series = (await open(person)).filter((task) => task.seriesId === weekly.id);
      expect(series.map((task) => task.due)).toEqual([{ kind: 'date', date: '2027-05-24' }]);
    }
  });

  it('A08: done, undone, done; twice at once; delivered three times: one successor', async () => {
    const person = user();
    at('2027-05-10T10:00:00Z');
    const task = await repeating(person, local('2027-05-10T09:00'), 'FREQ=WEEKLY');
    await complete(person, task);
    await t.ask(person, 'POST', `/tasks/${task.id}/reopen`);
    await Promise.all([complete(person, task), complete(person, task)]);
    const completions = await eventsOf(task.id, 'todo.task.completed.v1', 2);
    expect(completions).toHaveLength(2);
    const deliveries = [...completions, ...completions, ...completions].reverse();
    const answers = await Promise.all(deliveries.map((event) => service.deliver(event)));
    expect(new Set(answers)).toEqual(new Set(['SUCCESS']));
    const series = (await open(person)).filter((each) => each.seriesId === task.id);
    expect(series.map((each) => each.due)).toEqual([local('2027-05-17T09:00')]);
    await service.relayed();
    const told = service.published.filter(
      (each) => (each.event.data as { seriesId: string }).seriesId === task.id,
    );
    expect(told).toHaveLength(1);
  });

  it('out of order: the second completion before the first gives the same series', async () => {
    const person = user();
    at('2027-05-10T10:00:00Z');
    const first = await repeating(person, local('2027-05-10T09:00'), 'FREQ=DAILY');
    const firstDone = await complete(person, first);
    expect(await service.deliver(firstDone)).toBe('SUCCESS');
    const second = (await open(person))[0]!;
    at('2027-05-11T10:00:00Z');
    const secondDone = await complete(person, second);
    expect(await service.deliver(secondDone)).toBe('SUCCESS');
    expect(await service.deliver({ ...firstDone, id: uuidv7() })).toBe('SUCCESS');
    expect((await open(person)).map((task) => [task.occurrence, task.due])).toEqual([
      [3, local('2027-05-12T09:00')],
    ]);
  });

  it('COUNT ends the series with its last task, UNTIL with its last day', async () => {
    const person = user();
    at('2027-05-10T06:00:00Z');
    const ends = async (rule: string): Promise<number> => {
      let task: Task | undefined = await repeating(person, local('2027-05-10T09:00'), rule);
      let tasks = 0;
      for (; task !== undefined; tasks += 1) {
        at(task.dueAt!);
        task = await successor(person, task);
      }
      return tasks;
    };
    expect(await ends('FREQ=DAILY;COUNT=3')).toBe(3);
    expect(await ends('FREQ=DAILY;UNTIL=20270513')).toBe(4);
  });

  it('from completion: counted from the day it was done', async () => {
    const person = user();
    at('2027-05-11T10:00:00Z');
    const task = await repeating(person, local('2027-05-10T09:00'), 'FREQ=DAILY;INTERVAL=3', {
      from: 'completion',
    });
    at('2027-05-20T10:00:00Z');
    expect((await successor(person, task))?.due).toEqual(local('2027-05-23T09:00'));
  });

  it('N18: every four weeks on Sunday from completion, done on a Wednesday', async () => {
    const person = user();
    at('2027-03-07T10:00:00Z');
    const task = await repeating(
      person,
      { kind: 'date', date: '2027-03-07' },
      'FREQ=WEEKLY;INTERVAL=4;BYDAY=SU',
      { from: 'completion' },
    );
    at('2027-03-10T10:00:00Z');
    expect((await successor(person, task))?.due).toEqual({ kind: 'date', date: '2027-04-11' });
  });

  it('A03: a daily task keeps its wall-clock time over both clock changes', async () => {
    const person = user();
    const chain = async (start: string, zone: string, days: number): Promise<string[]> => {
      let task: Task = await repeating(person, local(start, zone), 'FREQ=DAILY');
      const dues = [task.dueAt!];
      while (dues.length < days) {
        at(task.dueAt!);
        task = (await successor(person, task))!;
        expect(localTime(new Date(task.dueAt!), zone).slice(11, 16)).toBe(start.slice(11));
        dues.push(task.dueAt!);
      }
      return dues.map((text) => text.slice(5, 16));
    };
    expect(await chain('2027-03-13T09:00', 'America/New_York', 3)).toEqual([
      '03-13T14:00',
      '03-14T13:00',
      '03-15T13:00',
    ]);
    expect(await chain('2027-11-06T09:00', 'America/New_York', 3)).toEqual([
      '11-06T13:00',
      '11-07T14:00',
      '11-08T14:00',
    ]);
    expect(await chain('2027-10-02T16:00', 'Australia/Sydney', 2)).toEqual([
      '10-02T06:00',
      '10-03T05:00',
    ]);
  });

  it('A01: monthly on the 31st comes back to the 31st', async () => {
    const person = user();
    at('2027-01-01T06:00:00Z');
    let task = await repeating(person, local('2027-01-31T09:00'), 'FREQ=MONTHLY');
    const dues: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      at(task.dueAt!);
      task = (await successor(person, task))!;
      dues.push((task.due as { local: string }).local.slice(5, 10));
    }
    expect(dues).toEqual(['02-28', '03-31', '04-30', '05-31', '06-30']);
  });

  describe('N19: subtasks come along', () => {
    const date = (text: string): Due => ({ kind: 'date', date: text });
    const below = async (person: string, parent: string): Promise<Task[]> =>
      (await t.ask(person, 'GET', `/tasks?parentId=${parent}&status=all&sort=oldest`)).body.items;
    const finish = async (person: string, id: string): Promise<void> => {
      expect((await t.ask(person, 'POST', `/tasks/${id}/complete`)).status).toBe(200);
    };
    const weekly = (person: string, more: object = {}): Promise<Task> =>
      repeating(person, date('2027-05-14'), 'FREQ=WEEKLY', more);

    it('open and done, at every level, open below the successor; deleted ones not', async () => {
      const person = user();
      at('2027-05-14T10:00:00Z');
      const parent = await weekly(person);
      const child = (title: string, parentId: string, more: object = {}): Promise<Task> =>
        t.add(person, { title, parentId, ...more });
      const done = await child('done', parent.id);
      const opened = await child('open', parent.id, {
        due: date('2027-05-12'),
        reminders: [{ before: 'P1D' }, { at: '2027-05-11T10:00:00Z' }],
        tags: ['home'],
      });
      const gone = await child('gone', parent.id);
      const deepDone = await child('done below done', done.id);
      const deepOpen = await child('open below done', done.id);
      const again = await child('done below open', opened.id);
      await child('open below open', opened.id);
      await t.ask(person, 'DELETE', `/tasks/${gone.id}`);
      for (const { id } of [deepDone, done, again]) await finish(person, id);

      const next = (await successor(person, parent))!;
      const tree = async (id: string): Promise<string[]> => {
        const lines: string[] = [];
        for (const task of await below(person, id)) {
          lines.push(`${task.title}: ${task.status}`);
          lines.push(...(await tree(task.id)).map((line) => `- ${line}`));
        }
        return lines.sort();
      };
      expect(await tree(next.id)).toEqual(
        [
          'done: open',
          '- done below done: open',
          '- open below done: open',
          'open: open',
          '- done below open: open',
          '- open below open: open',
        ].sort(),
      );
      // what was done stays where it was done, and nothing else does
      expect(await tree(parent.id)).toEqual(['- done below done: done', 'done: done']);
      const moved = (await below(person, next.id)).find(({ title }) => title === 'open')!;
      expect(moved).toMatchObject({
        id: opened.id,
        due: date('2027-05-19'),
        dueAt: '2027-05-19T23:59:59.000Z',
        tags: ['home'],
        reminders: [{ before: 'P1D' }],
        completedAt: null,
      });
      expect((await open(person)).map(({ id }) => id).sort()).toEqual(
        [...new Set((await open(person)).map(({ id }) => id))].sort(),
      );
      expect(deepOpen.parentId).toBe(done.id);
    });

    it('once, whatever is delivered again, with an event for each', async () => {
      const person = user();
      at('2027-05-14T10:00:00Z');
      const parent = await weekly(person);
      const one = await t.add(person, { title: 'one', parentId: parent.id });
      at('2027-05-14T10:01:00Z');
      await finish(person, one.id);
      const two = await t.add(person, { title: 'two', parentId: parent.id });
      const event = await complete(person, parent);
      const answers = await Promise.all(
        [1, 2, 3].map(() => service.deliver({ ...event, id: uuidv7() })),
      );
      expect(new Set(answers)).toEqual(new Set(['SUCCESS']));
      expect(await service.deliver(event)).toBe('SUCCESS');
      const next = (await open(person)).find(({ seriesId }) => seriesId === parent.id)!;
      const subtasks = await below(person, next.id);
      expect(subtasks.map(({ title, status }) => [title, status])).toEqual([
        ['one', 'open'],
        ['two', 'open'],
      ]);
      const copy = subtasks.find(({ title }) => title === 'one')!;
      const [created] = await eventsOf(copy.id, 'todo.task.created.v1');
      expect(created!.data).toMatchObject({ task: { parentId: next.id, status: 'open' } });
      const [updated] = await eventsOf(two.id, 'todo.task.updated.v1');
      expect(updated!.data).toMatchObject({
        before: { parentId: parent.id },
        task: { parentId: next.id, version: 2 },
        actor: { kind: 'service', id: 'recurring-service' },
      });
      // the next week, and the one after
      for (const day of ['2027-05-21', '2027-05-28']) {
        at(`${day}T10:00:00Z`);
        const current = (await open(person)).find(({ seriesId }) => seriesId === parent.id)!;
        for (const { id } of await below(person, current.id)) await finish(person, id);
        const following = (await successor(person, current))!;
        expect((await below(person, following.id)).map(({ status }) => status)).toEqual([
          'open',
          'open',
        ]);
      }
    });

    it('a parent that was deleted keeps its own: the successor has copies', async () => {
      const person = user();
      at('2027-05-14T10:00:00Z');
      const parent = await weekly(person);
      const child = await t.add(person, { title: 'one', parentId: parent.id });
      const event = await complete(person, parent);
      await t.ask(person, 'DELETE', `/tasks/${parent.id}`);
      expect(await service.deliver(event)).toBe('SUCCESS');
      const next = (await open(person)).find(
        ({ seriesId, occurrence }) => seriesId === parent.id && occurrence === 2,
      )!;
      const [copy] = await below(person, next.id);
      expect(copy).toMatchObject({ title: 'one', status: 'open' });
      expect(copy!.id).not.toBe(child.id);
      // what was deleted with it comes back with it
      await t.ask(person, 'POST', `/tasks/${parent.id}/restore`);
      expect((await below(person, parent.id)).map(({ id }) => id)).toEqual([child.id]);
    });

    it('a subtask that repeats keeps its own series', async () => {
      const person = user();
      at('2027-05-14T10:00:00Z');
      const parent = await weekly(person);
      const own = { title: 'own', due: date('2027-05-14'), recurrence: { rule: 'FREQ=DAILY' } };
      const daily = await t.add(person, { ...own, parentId: parent.id });
      const other = await t.add(person, { ...own, title: 'other', parentId: parent.id });
      const otherDone = await complete(person, other);
      const next = (await successor(person, parent))!;
      expect(await below(person, next.id)).toMatchObject([
        { id: daily.id, due: date('2027-05-14'), status: 'open' },
      ]);
      // its successor, made after the parent's, comes below the parent's successor
      expect(await service.deliver(otherDone)).toBe('SUCCESS');
      const places = (await below(person, next.id)).map(
        (task) => `${task.title} ${task.occurrence}`,
      );
      expect(places.sort()).toEqual(['other 2', 'own 1']);
    });
  });

  it('the successor is a fresh task: same fields, relative reminders with new ids, no completion', async () => {
    const person = user();
    at('2027-05-10T06:00:00Z');
    const task = await t.add(person, {
      title: 'Zażółć gęślą 😀',
      notes: 'n',
      tags: ['home'],
      priority: 'high',
      due: local('2027-05-10T09:00'),
      recurrence: { rule: 'FREQ=DAILY' },
      reminders: [{ before: 'PT1H' }, { at: '2027-05-10T05:00:00Z' }],
    });
    const next = (await successor(person, task))!;
    const { title, notes, tags, priority, status, completedAt, version, occurrence } = next;
    expect({ title, notes, tags, priority, status, completedAt, version, occurrence }).toEqual({
      title: 'Zażółć gęślą 😀',
      notes: 'n',
      tags: ['home'],
      priority: 'high',
      status: 'open',
      completedAt: null,
      version: 1,
      occurrence: 2,
    });
    expect(next.reminders).toEqual([{ id: expect.any(String) as string, before: 'PT1H' }]);
    expect(next.reminders[0]!.id).not.toBe(task.reminders[0]!.id);
  });
});
