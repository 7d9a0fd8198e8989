// A completion that is taken back takes its next occurrence with it: the service with the real backend behind it.
import type { Due, Task } from '@todo/contracts/task';
import { uuidv7 } from '@todo/runtime/uuid';
import { APP_API_TOKEN, startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';
import { asDelivered, startConsumerUnderTest } from '@todo/testing/consumer-under-test';
import type { ConsumerUnderTest, Envelope } from '@todo/testing/consumer-under-test';
import { invokeApps } from '@todo/testing/invoke-app';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APP_ID, recurring, SCHEMA } from '../src/app.ts';

describe('a completion that is taken back', () => {
  let service: ConsumerUnderTest;
  let t: TestBackend;
  let now = new Date('2027-05-14T10:00:00Z');
  beforeAll(async () => {
    t = await startTestBackend({ clock: () => now });
    service = await startConsumerUnderTest({
      appId: APP_ID,
      schema: SCHEMA,
      migrations: new URL('../migrations/', import.meta.url),
      build: recurring,
      invoke: invokeApps(APP_ID, {
        'todo-backend': { app: () => t.backend.app, token: APP_API_TOKEN },
      }),
    });
  });
  afterAll(async () => {
    await service.close();
    await t.close();
  });

  const date = (day: string): Due => ({ kind: 'date', date: day });
  function person() {
    const id = `user-${uuidv7()}`;
    const ask = (method: string, path: string, body?: unknown) => t.ask(id, method, path, body);
    const weekly = (more: object = {}): Promise<Task> =>
      t.add(id, {
        title: 'x',
        due: date('2027-05-14'),
        recurrence: { rule: 'FREQ=WEEKLY' },
        ...more,
      });
    const completionOf = async (task: { id: string; version: number }): Promise<Envelope> => {
      const found = () =>
        t.published.findLast(
          ({ event }) =>
            event.subject === task.id &&
            event.type === 'todo.task.completed.v1' &&
            (event.data as { version: number }).version === task.version,
        );
      await expect.poll(found).toBeDefined();
      const { topic, event } = found()!;
      return asDelivered(topic, event);
    };
    const complete = async (task: Task): Promise<Envelope> =>
      completionOf((await ask('POST', `/tasks/${task.id}/complete`)).body);
    const follow = async (task: Task): Promise<Task> => {
      expect(await service.deliver(await complete(task))).toBe('SUCCESS');
      const next = (await series(task)).find((each) => each.occurrence === task.occurrence + 1);
      return next!;
    };
    const reopen = async (task: Task) => (await ask('POST', `/tasks/${task.id}/reopen`)).body;
    const all = async (): Promise<Task[]> =>
      (await ask('GET', '/tasks?status=all&limit=200')).body.items;
    const series = async (task: Task) =>
      (await all()).filter(({ seriesId }) => seriesId === task.seriesId);
    const below = async (parent: string): Promise<Task[]> =>
      (await ask('GET', `/tasks?parentId=${parent}&status=all&sort=oldest`)).body.items;
    return { id, ask, weekly, complete, follow, reopen, all, series, below };
  }

  it('removes the untouched next occurrence, with an event, and says so', async () => {
    const who = person();
    const task = await who.weekly({ reminders: [{ before: 'PT1H' }] });
    const next = await who.follow(task);
    expect(await who.reopen(task)).toMatchObject({ status: 'open', nextOccurrence: 'removed' });
    expect((await who.series(task)).map(({ id }) => id)).toEqual([task.id]);
    expect((await who.ask('GET', `/tasks/${next.id}`)).status).toBe(404);
    expect((await who.ask('POST', `/tasks/${next.id}/restore`)).status).toBe(404);
    await expect
      .poll(() =>
        t.published.filter(({ event }) => event.subject === next.id).map(({ event }) => event.type),
      )
      .toEqual(['todo.task.created.v1', 'todo.task.deleted.v1']);
    // again changes nothing, and completing again makes it anew
    expect(await who.reopen(task)).not.toHaveProperty('nextOccurrence');
    const again = await who.follow(task);
    expect(again).toMatchObject({ occurrence: 2, due: date('2027-05-21') });
    await service.relayed();
    const announced = service.published.map(
      ({ event }) => (event.data as { taskId: string }).taskId,
    );
    expect(announced).toEqual(expect.arrayContaining([next.id, again.id]));
  });

  it.each<[string, (who: ReturnType<typeof person>, next: Task) => Promise<unknown>]>([
    ['its notes changed', (who, { id }) => who.ask('PATCH', `/tasks/${id}`, { notes: 'n' })],
    [
      'it is put off',
      (who, { id }) => who.ask('PATCH', `/tasks/${id}`, { due: date('2027-06-01') }),
    ],
    ['it is done', (who, { id }) => who.ask('POST', `/tasks/${id}/complete`)],
    ['a subtask is added', (who, { id }) => t.add(who.id, { title: 's', parentId: id })],
    [
      'its subtask is done',
      async (who, { id }) => who.ask('POST', `/tasks/${(await who.below(id))[0]!.id}/complete`),
    ],
    [
      'its subtask is deleted',
      async (who, { id }) => who.ask('DELETE', `/tasks/${(await who.below(id))[0]!.id}`),
    ],
  ])('keeps a next occurrence that was touched: %s', async (_what, touch) => {
    const who = person();
    const task = await who.weekly();
    await t.add(who.id, { title: 'step', parentId: task.id });
    const next = await who.follow(task);
    await touch(who, next);
    expect(await who.reopen(task)).toMatchObject({ status: 'open', nextOccurrence: 'kept' });
    expect(await who.series(task)).toHaveLength(2);
    // completing again makes no second one
    expect(await service.deliver(await who.complete(task))).toBe('SUCCESS');
    expect(await who.series(task)).toHaveLength(2);
  });

  it('brings the subtasks back where and how they were, at every level', async () => {
    const who = person();
    const task = await who.weekly();
    const child = (title: string, parentId: string, more: object = {}) =>
      t.add(who.id, { title, parentId, ...more });
    const done = await child('done', task.id);
    const open = await child('open', task.id, {
      due: date('2027-05-12'),
      reminders: [{ before: 'P1D' }, { at: '2027-05-11T10:00:00Z' }],
    });
    await child('open below done', done.id);
    const deep = await child('done below open', open.id);
    for (const { id } of [done, deep]) await who.ask('POST', `/tasks/${id}/complete`);
    const facts = async () =>
      (await who.all())
        .filter(({ parentId }) => parentId !== null)
        .map(({ id, parentId, status, due, dueAt, completedAt, reminders }) => ({
          id,
          parentId,
          status,
          due,
          dueAt,
          completedAt,
          reminders,
        }))
        .sort((a, b) => a.id.localeCompare(b.id));
    const before = await facts();
    await who.follow(task);
    expect(await facts()).not.toEqual(before);
    expect(await who.reopen(task)).toMatchObject({ nextOccurrence: 'removed' });
    expect(await facts()).toEqual(before);
  });

  it('holds in every order: reopened before the next occurrence exists, and completed again', async () => {
    const who = person();
    const task = await who.weekly();
    const first = await who.complete(task);
    expect(await who.reopen(task)).not.toHaveProperty('nextOccurrence');
    expect(await service.deliver(first)).toBe('SUCCESS');
    expect(await who.series(task)).toHaveLength(1);

    now = new Date('2027-05-15T10:00:00Z');
    const second = await who.complete(task);
    const answers = await Promise.all(
      [first, second, first, second].map((event) => service.deliver({ ...event, id: uuidv7() })),
    );
    expect(new Set(answers)).toEqual(new Set(['SUCCESS']));
    expect(await who.series(task)).toHaveLength(2);
    // reopened while the completion arrives once more
    const [, reopened] = await Promise.all([
      service.deliver({ ...second, id: uuidv7() }),
      who.reopen(task),
    ]);
    expect(reopened).toMatchObject({ status: 'open', nextOccurrence: 'removed' });
    await service.deliver({ ...second, id: uuidv7() });
    expect(await who.series(task)).toHaveLength(1);
  });

  it('a rule that was changed in between counts for the completion that stays', async () => {
    const who = person();
    now = new Date('2027-05-14T10:00:00Z');
    const task = await who.weekly();
    const first = await who.complete(task);
    await who.reopen(task);
    await who.ask('PATCH', `/tasks/${task.id}`, { recurrence: { rule: 'FREQ=DAILY' } });
    now = new Date('2027-05-14T10:00:01Z');
    const second = await who.complete(task);
    for (const event of [first, second]) expect(await service.deliver(event)).toBe('SUCCESS');
    const [next] = (await who.series(task)).filter(({ occurrence }) => occurrence === 2);
    expect(next?.due).toEqual(date('2027-05-15'));
  });

  it('an edit of the completed task is no reason to make no next occurrence', async () => {
    const who = person();
    const task = await who.weekly();
    const event = await who.complete(task);
    await who.ask('PATCH', `/tasks/${task.id}`, { notes: 'done well' });
    expect(await service.deliver(event)).toBe('SUCCESS');
    expect(await who.series(task)).toHaveLength(2);
  });

  it('several at once, and one next occurrence that somebody deleted', async () => {
    const who = person();
    const [a, b] = [await who.weekly(), await who.weekly()];
    const [nextA, nextB] = [await who.follow(a), await who.follow(b)];
    await who.ask('DELETE', `/tasks/${nextB.id}`);
    const { results } = (
      await who.ask('POST', '/tasks/bulk', { action: 'reopen', ids: [a.id, b.id] })
    ).body as unknown as { results: { task: Task & { nextOccurrence?: string } }[] };
    expect(results.map(({ task }) => task.nextOccurrence)).toEqual(['removed', undefined]);
    expect((await who.ask('GET', `/tasks/${nextA.id}`)).status).toBe(404);
  });
});
