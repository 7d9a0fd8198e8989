// What the browser answers without network is what the backend answered from the same tasks: lists, filters and orders, before
// and after changes.
import { startTestBackend, type TestBackend } from '@todo/testing/backend-under-test';
import type { Task } from '@todo/contracts/task';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { queryString } from '@/lib/api';
import { addDays, localDate } from '@/lib/dates';
import { dueAtOf, matches, sorted, withChange } from '@/lib/offline/local-tasks';
import type { TaskFilter } from '@/lib/task-query';
import type { TaskChange } from '@/lib/task-change';
import { filterOf } from '@/lib/views';

const USER = 'offline-user';
/** The person's, as the tokens of the test backend have it. */
const ZONE = 'UTC';
const BERLIN = 'Europe/Berlin';
let backend: TestBackend;
let listId: string;

const today = localDate(new Date(), ZONE);
const clock = { zone: ZONE, locale: 'en' };

async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await backend.ask(USER, method, `/api/v1${path}`, body);
  expect(answer.status).toBeLessThan(300);
  return answer.body as unknown as T;
}

beforeAll(async () => {
  backend = await startTestBackend();
  listId = (await ask<{ id: string }>('POST', '/lists', { name: 'Boat' })).id;
  for (const fields of [
    { title: 'Water the plants', due: { kind: 'date', date: addDays(today, -1) } },
    { title: 'Pay rent', due: { kind: 'date', date: today }, tags: ['home'] },
    { title: 'Call mum', due: { kind: 'local', local: `${today}T18:30`, zone: BERLIN } },
    { title: 'Summer time', due: { kind: 'local', local: '2027-03-28T08:15', zone: BERLIN } },
    { title: 'Winter time', due: { kind: 'local', local: '2027-10-31T01:15', zone: BERLIN } },
    {
      title: 'Tokyo',
      due: { kind: 'local', local: `${today}T23:00`, zone: 'Asia/Tokyo' },
      recurrence: { rule: 'FREQ=DAILY' },
    },
    { title: 'Instant', due: { kind: 'instant', at: '2027-05-01T10:00:00.000Z' } },
    { title: 'Someday', notes: 'with a Rope', listId },
    { title: 'Mend the sail', listId, tags: ['home', 'boat'] },
    { title: 'Next day', due: { kind: 'date', date: addDays(today, 1) }, listId },
  ])
    await backend.add(USER, fields);
});

afterAll(async () => {
  await (backend as TestBackend | undefined)?.close();
});

const filters = (): Record<string, TaskFilter> => ({
  today: filterOf({ name: 'today' }, today, clock),
  upcoming: filterOf({ name: 'upcoming' }, today, clock),
  all: filterOf({ name: 'all' }, today, clock),
  done: filterOf({ name: 'done' }, today, clock),
  tag: filterOf({ name: 'tag', tag: 'home' }, today, clock),
  list: filterOf({ name: 'list', listId }, today, clock),
  search: filterOf({ name: 'search', q: 'ROPE some' }, today, clock),
  // as the calendar asks
  range: {
    status: 'all',
    dueAfter: `${addDays(today, -1)}T00:00:00.000Z`,
    dueBefore: `${addDays(today, 1)}T00:00:00.000Z`,
    sort: 'due',
  },
  repeating: { status: 'open', repeats: 'true', dueBefore: `${addDays(today, 7)}T00:00:00.000Z` },
});

async function readAll(): Promise<Task[]> {
  return (await ask<{ items: Task[] }>('GET', '/tasks?status=all&limit=200')).items;
}

async function expectSame(tasks: readonly Task[]): Promise<void> {
  for (const [name, filter] of Object.entries(filters())) {
    const { items } = await ask<{ items: Task[] }>(
      'GET',
      `/tasks${queryString({ ...filter, limit: 200 })}`,
    );
    const local = sorted(
      tasks.filter((task) => matches(task, filter)),
      filter,
      items.map(({ id }) => id),
    );
    expect([name, local.map(({ title }) => title)]).toEqual([
      name,
      items.map(({ title }) => title),
    ]);
  }
}

test('every view has the same tasks in the same order, and every due is the same instant', async () => {
  const tasks = await readAll();
  expect(tasks).toHaveLength(10);
  for (const { title, due, dueAt } of tasks)
    expect([title, dueAtOf(due, ZONE)]).toEqual([
      title,
      dueAt === null ? null : new Date(dueAt).toISOString(),
    ]);
  await expectSame(tasks);
});

test('changes that wait lead to what sending them leads to', async () => {
  const tasks = await readAll();
  const named = (title: string): Task => tasks.find((task) => task.title === title)!;
  const parent = named('Mend the sail');
  const child = await backend.add(USER, { title: 'Buy thread', parentId: parent.id });
  await backend.add(USER, { title: 'Blue thread', parentId: child.id });
  const changes: TaskChange[] = [
    { kind: 'complete', task: named('Pay rent') },
    { kind: 'complete', task: named('Someday') },
    { kind: 'reopen', task: named('Someday') },
    { kind: 'delete', task: parent },
    {
      kind: 'patch',
      task: named('Next day'),
      patch: { due: { kind: 'local', local: `${today}T07:00`, zone: ZONE }, tags: ['home'] },
    },
    { kind: 'patch', task: named('Water the plants'), patch: { due: null, listId } },
  ];
  const local = new Map((await readAll()).map((task) => [task.id, task]));
  for (const change of changes) {
    withChange(local, change, new Date().toISOString(), ZONE);
    const { id } = change.task;
    if (change.kind === 'patch') await ask('PATCH', `/tasks/${id}`, change.patch);
    else if (change.kind === 'delete') await ask('DELETE', `/tasks/${id}`);
    else await ask('POST', `/tasks/${id}/${change.kind}`);
  }
  expect(local.size).toBe(9);
  await expectSame([...local.values()]);
});
