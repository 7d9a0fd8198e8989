// Edits of one occurrence of a repeating task on a real database: only this one, this and all following, skipped; what the next
// occurrence is made of, and that repeated calls change nothing more.
import { nextDue, seriesDue } from '@todo/contracts/recurrence';
import type { Due, Task } from '@todo/contracts/task';
import { APP_API_TOKEN, startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callTool } from '../src/tools/tool.ts';
import { TOOLS } from '../src/tools/all-tools.ts';

const date = (day: string): Due => ({ kind: 'date', date: day });
const local = (at: string): Due => ({ kind: 'local', local: at, zone: 'Europe/Berlin' });

describe('one occurrence of a repeating task', { timeout: 60_000 }, () => {
  let t: TestBackend;
  let now = new Date('2027-03-01T08:00:00Z');
  beforeAll(async () => {
    t = await startTestBackend({ clock: () => now });
  });
  afterAll(() => t.close());

  const at = (instant: string) => {
    now = new Date(instant);
  };
  const patch = async (id: string, body: object) =>
    await t.ask('anna', 'PATCH', `/tasks/${id}`, body);
  const post = async (id: string, action: string, body?: object, headers = {}) =>
    await t.ask('anna', 'POST', `/tasks/${id}/${action}`, body, headers);
  const get = async (id: string): Promise<Task> =>
    (await t.ask('anna', 'GET', `/tasks/${id}`)).body;
  const below = async (id: string): Promise<Task[]> =>
    (await t.ask('anna', 'GET', `/tasks?parentId=${id}`)).body.items;
  async function weekly(fields: object = {}): Promise<Task> {
    at('2027-03-01T08:00:00Z');
    return await t.add('anna', {
      title: 'Bins',
      due: date('2027-03-10'),
      recurrence: { rule: 'FREQ=WEEKLY' },
      ...fields,
    });
  }
  /** Completes a task and does what the recurring service does then. @returns the next one, undefined at the end */
  async function next(id: string): Promise<Task | undefined> {
    const done = (await post(id, 'complete')).body;
    const { recurrence, due, seriesId, occurrence } = done;
    if (!recurrence || !due) throw new Error('does not repeat');
    const following = nextDue({
      ...recurrence,
      zone: recurrence.zone ?? 'UTC',
      due: seriesDue({ ...done, due }),
      occurrence,
      completedAt: now,
    });
    if (following === null) return undefined;
    const answer = await t.backend.app.inject({
      method: 'POST',
      url: '/internal/occurrences',
      headers: { 'dapr-api-token': APP_API_TOKEN, 'dapr-caller-app-id': 'recurring-service' },
      payload: {
        previousTaskId: id,
        userId: 'anna',
        seriesId,
        occurrence: occurrence + 1,
        due: following,
        completion: { version: done.version, at: done.completedAt },
      },
    });
    expect(answer.statusCode, answer.body).toBeLessThan(300);
    return await get(answer.json<{ taskId: string }>().taskId);
  }

  describe('only this one', () => {
    it.each([
      { what: 'later', to: '2027-03-12', doneAt: '2027-03-12', follows: '2027-03-17' },
      { what: 'earlier', to: '2027-03-08', doneAt: '2027-03-08', follows: '2027-03-17' },
      { what: 'onto the next', to: '2027-03-17', doneAt: '2027-03-16', follows: '2027-03-17' },
      { what: 'past the next', to: '2027-03-19', doneAt: '2027-03-15', follows: '2027-03-17' },
      { what: 'later, done late', to: '2027-03-12', doneAt: '2027-03-18', follows: '2027-03-24' },
    ])('moved $what: the next is where the rule says', async ({ to, doneAt, follows }) => {
      const task = await weekly();
      const moved = await patch(task.id, { due: date(to), scope: 'this' });
      expect(moved.status, JSON.stringify(moved.body)).toBe(200);
      expect(moved.body).toMatchObject({
        due: date(to),
        recurrence: task.recurrence,
        usual: { due: date('2027-03-10') },
      });
      at(`${doneAt}T12:00:00Z`);
      const successor = await next(task.id);
      expect(successor).toMatchObject({ due: date(follows), recurrence: task.recurrence });
      expect(successor).not.toHaveProperty('usual');
    });

    it('keeps the 31st, the time of day and the zone of the series', async () => {
      at('2027-01-01T08:00:00Z');
      const task = await t.add('anna', {
        title: 'Rent',
        due: local('2027-01-31T09:00'),
        recurrence: { rule: 'FREQ=MONTHLY' },
      });
      await patch(task.id, { due: local('2027-01-29T18:30'), scope: 'this' });
      at('2027-01-29T20:00:00Z');
      const february = await next(task.id);
      expect(february?.due).toEqual(local('2027-02-28T09:00'));
      at('2027-02-28T20:00:00Z');
      expect((await next(february!.id))?.due).toEqual(local('2027-03-31T09:00'));
    });

    it('other words, tags, priority and reminders are of this one alone', async () => {
      const task = await weekly({ tags: ['home'], reminders: [{ before: 'P1D' }], notes: 'green' });
      const one = {
        title: 'Bins and glass',
        notes: 'both',
        priority: 'high',
        tags: ['home', 'glass'],
        reminders: [{ before: 'PT2H' }],
      };
      expect((await patch(task.id, { ...one, scope: 'this' })).body).toMatchObject(one);
      at('2027-03-10T12:00:00Z');
      const successor = await next(task.id);
      expect(successor).toMatchObject({
        title: 'Bins',
        notes: 'green',
        priority: 'none',
        tags: ['home'],
        reminders: [{ before: 'P1D' }],
        due: date('2027-03-17'),
      });
      expect(await get(task.id)).toMatchObject({ title: 'Bins and glass', status: 'done' });
    });

    it('set back to what is usual, nothing is special any more', async () => {
      const task = await weekly();
      await patch(task.id, { due: date('2027-03-12'), title: 'x', scope: 'this' });
      await patch(task.id, { due: date('2027-03-13'), scope: 'this' });
      const back = await patch(task.id, { due: date('2027-03-10'), title: 'Bins', scope: 'this' });
      expect(back.body).not.toHaveProperty('usual');
      expect(back.body.recurrence).toEqual(task.recurrence);
    });

    it('a subtask moves by as many days as the series, not as the one that was moved', async () => {
      const task = await weekly();
      await t.add('anna', { title: 'Glass', parentId: task.id, due: date('2027-03-09') });
      await patch(task.id, { due: date('2027-03-12'), scope: 'this' });
      at('2027-03-12T12:00:00Z');
      const successor = await next(task.id);
      expect((await below(successor!.id)).map(({ due }) => due)).toEqual([date('2027-03-16')]);
    });

    it.each([
      [{ scope: 'this', listId: null, title: 'x' }, 'listId'],
      [{ scope: 'this', recurrence: null }, 'recurrence'],
      [{ scope: 'this', due: null }, 'due'],
      [{ scope: 'that', title: 'x' }, 'scope'],
      [{ scope: 'this' }, '(body)'],
    ])('refuses %j', async (body, field) => {
      const answer = await patch((await weekly()).id, body);
      expect([answer.status, answer.body.errors[0].field]).toEqual([400, field]);
    });

    it('refuses a task that does not repeat', async () => {
      const task = await t.add('anna', { title: 'once' });
      const answer = await patch(task.id, { title: 'x', scope: 'this' });
      expect([answer.status, answer.body.errors[0].field]).toEqual([400, 'scope']);
    });

    it('is in the JSON export and comes back from it', async () => {
      const task = await weekly({ title: 'Backed up' });
      await patch(task.id, { due: date('2027-03-12'), title: 'Only now', scope: 'this' });
      const file = JSON.stringify((await t.ask('anna', 'GET', '/export?format=json')).body);
      const answer = await t.ask('bert', 'POST', '/import', file);
      expect(answer.status).toBe(200);
      const items = (await t.ask('bert', 'GET', '/tasks?limit=200')).body.items;
      expect(items.find(({ title }) => title === 'Only now')).toMatchObject({
        due: date('2027-03-12'),
        usual: { title: 'Backed up', due: date('2027-03-10') },
      });
    });
  });

  describe('this and all following', () => {
    it.each([undefined, 'following'])('the next one has it too (scope %s)', async (scope) => {
      const task = await weekly();
      await patch(task.id, { title: 'Only now', due: date('2027-03-11'), scope: 'this' });
      const changed = await patch(task.id, {
        title: 'From now on',
        due: date('2027-03-12'),
        ...(scope && { scope }),
      });
      expect(changed.body).not.toHaveProperty('usual');
      at('2027-03-12T12:00:00Z');
      expect(await next(task.id)).toMatchObject({
        title: 'From now on',
        due: date('2027-03-19'),
      });
    });

    it('a field of its own stays while others are changed for all', async () => {
      const task = await weekly();
      await patch(task.id, { due: date('2027-03-12'), scope: 'this' });
      const changed = await patch(task.id, { title: 'Bins, blue' });
      expect(changed.body.usual).toEqual({ due: date('2027-03-10') });
      at('2027-03-12T12:00:00Z');
      expect(await next(task.id)).toMatchObject({ title: 'Bins, blue', due: date('2027-03-17') });
    });

    it('another rule begins at the due that is shown; without a rule nothing is special', async () => {
      const task = await weekly();
      await patch(task.id, { due: date('2027-03-12'), scope: 'this' });
      const ruled = await patch(task.id, { recurrence: { rule: 'FREQ=DAILY;INTERVAL=3' } });
      expect(ruled.body).not.toHaveProperty('usual');
      expect(ruled.body.recurrence?.anchor).toBe('2027-03-12');
      await patch(task.id, { title: 'x', scope: 'this' });
      expect((await patch(task.id, { recurrence: null })).body).not.toHaveProperty('usual');
    });
  });

  describe('skipped', () => {
    it.each([
      ['before it is due', '2027-03-08T12:00:00Z', '2027-03-17'],
      ['on its day', '2027-03-10T12:00:00Z', '2027-03-17'],
      ['late', '2027-03-29T12:00:00Z', '2027-03-31'],
    ])('%s: the next due of the rule, the same task and place', async (_when, at_, follows) => {
      const task = await weekly({ reminders: [{ before: 'P1D' }, { at: '2027-03-09T08:00:00Z' }] });
      at(at_);
      const answer = await post(task.id, 'skip', { due: task.due });
      expect(answer.status, JSON.stringify(answer.body)).toBe(200);
      expect(answer.body).toMatchObject({
        id: task.id,
        status: 'open',
        due: date(follows),
        occurrence: 1,
        seriesId: task.seriesId,
        recurrence: task.recurrence,
        reminders: [{ before: 'P1D' }],
      });
      // sent again, after the answer was lost
      const again = await post(task.id, 'skip', { due: task.due });
      expect([again.status, again.body.version]).toEqual([200, answer.body.version]);
      // with a version, it is refused
      const stale = await post(task.id, 'skip', undefined, { 'if-match': `"${task.version}"` });
      expect(stale.status).toBe(412);
    });

    it('COUNT: the series ends on the same day, and its last one cannot be skipped', async () => {
      const task = await weekly({ recurrence: { rule: 'FREQ=WEEKLY;COUNT=3' } });
      at('2027-03-10T12:00:00Z');
      const skipped = await post(task.id, 'skip');
      expect(skipped.body.due).toEqual(date('2027-03-17'));
      at('2027-03-17T12:00:00Z');
      const last = await next(task.id);
      expect(last?.due).toEqual(date('2027-03-24'));
      const refused = await post(last!.id, 'skip');
      expect([refused.status, refused.body.detail]).toEqual([
        409,
        'Nothing follows this occurrence. Complete or delete the task instead.',
      ]);
      at('2027-03-24T12:00:00Z');
      expect(await next(last!.id)).toBeUndefined();
    });

    it.each([
      ['date', 'FREQ=MONTHLY', date('2027-01-31'), date('2027-02-28'), date('2027-03-31')],
      [
        'local',
        'FREQ=MONTHLY',
        local('2027-01-31T02:30'),
        local('2027-02-28T02:30'),
        local('2027-03-31T02:30'),
      ],
    ] as const)('the anchor stays: %s', async (_kind, rule, due, second, third) => {
      at('2027-01-15T08:00:00Z');
      const task = await t.add('anna', { title: 'Rent', due, recurrence: { rule } });
      expect((await post(task.id, 'skip')).body.due).toEqual(second);
      expect((await post(task.id, 'skip')).body.due).toEqual(third);
      const back = await post(task.id, 'unskip', { due: second });
      expect(back.body.due).toEqual(second);
      expect(back.body.recurrence).toEqual(task.recurrence);
      expect((await post(task.id, 'skip')).body.due).toEqual(third);
    });

    it('from completion it counts from today', async () => {
      const task = await weekly({
        recurrence: { rule: 'FREQ=DAILY;INTERVAL=3', from: 'completion' },
      });
      at('2027-03-11T12:00:00Z');
      expect((await post(task.id, 'skip')).body.due).toEqual(date('2027-03-14'));
    });

    it('what this one alone had goes with it', async () => {
      const task = await weekly();
      await patch(task.id, { title: 'Now', due: date('2027-03-12'), scope: 'this' });
      at('2027-03-11T12:00:00Z');
      const skipped = await post(task.id, 'skip');
      expect(skipped.body).toMatchObject({ title: 'Bins', due: date('2027-03-17') });
      expect(skipped.body).not.toHaveProperty('usual');
    });

    it('subtasks come along, open, as below a successor', async () => {
      const task = await weekly();
      const open = await t.add('anna', { title: 'a', parentId: task.id, due: date('2027-03-09') });
      const done = await t.add('anna', { title: 'b', parentId: task.id });
      await post(done.id, 'complete');
      await post(task.id, 'skip');
      const subtasks = await below(task.id);
      expect(subtasks.map(({ id }) => id).sort()).toEqual([open.id, done.id].sort());
      expect(subtasks.map(({ status }) => status)).toEqual(['open', 'open']);
      expect((await get(open.id)).due).toEqual(date('2027-03-16'));
      await post(task.id, 'unskip', { due: task.due });
      expect((await get(open.id)).due).toEqual(date('2027-03-09'));
    });

    it('a completion of before, reopened and done again, makes no second one', async () => {
      const first = await weekly();
      at('2027-03-10T12:00:00Z');
      const second = await next(first.id);
      await post(second!.id, 'skip');
      expect((await post(first.id, 'reopen')).body).toMatchObject({ nextOccurrence: 'kept' });
      expect((await next(first.id))?.id).toBe(second!.id);
      const series = await t.ask('anna', 'GET', `/tasks?seriesId=${first.seriesId}`);
      expect(series.body.items).toHaveLength(2);
    });

    it.each([
      [
        'a done task',
        async () => {
          const task = await weekly();
          await post(task.id, 'complete');
          return task.id;
        },
      ],
      ['one that does not repeat', async () => (await t.add('anna', { title: 'x' })).id],
    ])('refuses %s', async (_what, make) => {
      const id = await make();
      expect((await post(id, 'skip')).status).toBe(409);
      expect((await post(id, 'unskip', { due: date('2027-03-01') })).status).toBe(409);
    });

    it('takes back only what is before, and only the person’s own', async () => {
      const task = await weekly();
      for (const due of [date('2027-03-10'), date('2027-03-11'), local('2027-03-01T09:00')])
        expect((await post(task.id, 'unskip', { due })).status).toBe(400);
      expect((await t.ask('ben', 'POST', `/tasks/${task.id}/skip`)).status).toBe(404);
    });

    it('is written down: one event with the task before and after', async () => {
      const task = await weekly();
      await post(task.id, 'skip');
      const eventsOf = () =>
        t.published
          .map(({ event }) => event)
          .filter(({ data }) => (data as { taskId?: string }).taskId === task.id);
      await expect.poll(() => eventsOf().length, { timeout: 20_000 }).toBe(2);
      const event = eventsOf().find(({ type }) => type === 'todo.task.updated.v1');
      expect(event).toMatchObject({
        data: { before: { due: date('2027-03-10') }, task: { due: date('2027-03-17') } },
      });
    });
  });

  it('the tools do the same', async () => {
    const task = await weekly();
    const context = t.backend.parts.toolContext({
      userId: 'anna',
      actor: { kind: 'mcp', id: 'test' },
      zone: 'UTC',
      locale: 'en',
    });
    const call = async (name: string, input: object) =>
      await callTool(
        TOOLS.find((tool) => tool.name === name)!,
        context,
        input,
      );
    await call('update_task', { id: task.id, due: '2027-03-12', onlyThis: true });
    expect((await get(task.id)).usual).toEqual({ due: date('2027-03-10') });
    expect(await call('next_occurrences', { id: task.id, count: 1 })).toMatchObject({
      occurrences: [{ due: '2027-03-17' }],
    });
    await call('skip_occurrence', { id: task.id });
    expect((await get(task.id)).due).toEqual(date('2027-03-17'));
  });
});
