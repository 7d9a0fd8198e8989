// The trash: what was deleted is seen for 30 days, restored or erased, and nowhere else.
import type { Task } from '@todo/contracts/task';
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eraseOldTrash } from '../src/tasks/trash-cleaner.ts';

const DAY_MS = 86_400_000;

interface Entry {
  task: Task;
  deletedAt: string;
  erasedAfter: string;
  subtasks: number;
}

describe('the trash', () => {
  let t: TestBackend;
  let now = new Date('2027-05-10T10:00:00Z');
  beforeAll(async () => {
    t = await startTestBackend({ clock: () => now });
  });
  afterAll(() => t.close());

  const later = (ms: number): void => {
    now = new Date(now.getTime() + ms);
  };
  const trash = async (user: string, query = ''): Promise<Entry[]> => {
    const { status, body } = await t.ask(user, 'GET', `/trash${query}`);
    expect(status).toBe(200);
    return body.items as unknown as Entry[];
  };
  const titles = async (user: string, query = ''): Promise<string[]> =>
    (await trash(user, query)).map(({ task }) => task.title);
  const remove = async (user: string, task: Pick<Task, 'id'>): Promise<void> => {
    expect((await t.ask(user, 'DELETE', `/tasks/${task.id}`)).status).toBe(204);
    later(1_000);
  };
  const eventsOf = (id: string) =>
    t.published.filter(({ event }) => event.subject === id).map(({ event }) => event);

  it('shows a deleted task with its subtasks as one entry, newest first, and restores all of it', async () => {
    const user = 'ada';
    const first = await t.add(user, { title: 'First' });
    const parent = await t.add(user, { title: 'Move house', tags: ['big'] });
    const child = await t.add(user, { title: 'Pack', parentId: parent.id });
    await t.add(user, { title: 'Books', parentId: child.id });
    const alone = await t.add(user, { title: 'Call the movers', parentId: parent.id });
    await remove(user, first);
    await remove(user, alone);
    const at = now.toISOString();
    await remove(user, parent);
    const entries = await trash(user);
    expect(entries.map(({ task, subtasks }) => [task.title, subtasks])).toEqual([
      ['Move house', 2],
      ['Call the movers', 0],
      ['First', 0],
    ]);
    expect(entries[0]).toMatchObject({
      deletedAt: at,
      erasedAfter: new Date(Date.parse(at) + 30 * DAY_MS).toISOString(),
      task: { id: parent.id, tags: ['big'] },
    });
    expect((await t.ask(user, 'GET', `/trash/${child.id}`)).body).toMatchObject({ subtasks: 1 });

    const restored = await t.ask(user, 'POST', `/tasks/${parent.id}/restore`);
    expect(restored.body).toMatchObject({ id: parent.id, version: 3 });
    expect(
      (await t.ask(user, 'GET', '/tasks')).body.items.map(({ title }) => title).sort(),
    ).toEqual(['Books', 'Move house', 'Pack']);
    expect(await titles(user)).toEqual(['Call the movers', 'First']);
    await expect.poll(() => eventsOf(child.id).at(-1)?.type).toBe('todo.task.restored.v1');
    // one that was deleted before its parent comes back below it, where that lives again
    const back = await t.ask(user, 'POST', `/tasks/${alone.id}/restore`);
    expect(back.body.parentId).toBe(parent.id);
  });

  it('goes page by page, finds words, and refuses a cursor of another list', async () => {
    const user = 'ben';
    for (const title of [
      'Buy milk',
      'Buy oat milk',
      'Sell the car',
      'Straße fegen',
      'Buy 100% wool',
    ])
      await remove(
        user,
        await t.add(user, { title, notes: title === 'Sell the car' ? 'milky' : '' }),
      );
    expect(await titles(user, '?q=milk')).toEqual(['Sell the car', 'Buy oat milk', 'Buy milk']);
    expect(await titles(user, '?q=STRASSE')).toEqual(['Straße fegen']);
    expect(await titles(user, '?q=100%25')).toEqual(['Buy 100% wool']);
    const seen: string[] = [];
    for (let cursor: string | null = '', pages = 0; cursor !== null && pages < 9; pages += 1) {
      const { body } = await t.ask(user, 'GET', `/trash?limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...(body.items as unknown as Entry[]).map(({ task }) => task.title));
      cursor = body.nextCursor;
    }
    expect(seen).toEqual(await titles(user));
    expect(seen).toHaveLength(5);
    const other = Buffer.from(JSON.stringify(['due', 'x'])).toString('base64url');
    for (const cursor of ['x', other, '%00'])
      expect((await t.ask(user, 'GET', `/trash?cursor=${cursor}`)).status, cursor).toBe(400);
  });

  it('a task in it is shown nowhere else, sends no reminder, and is not another person’s', async () => {
    const user = 'cleo';
    const list = (await t.ask(user, 'POST', '/lists', { name: 'Boat' })).body;
    const task = await t.add(user, {
      title: 'Paint the hull',
      tags: ['dry'],
      listId: list.id,
      due: { kind: 'instant', at: new Date(now.getTime() + 3_600_000).toISOString() },
      reminders: [{ before: 'PT30M' }],
    });
    await remove(user, task);
    for (const path of ['/tasks?status=all', '/tasks?q=hull', `/tasks?listId=${list.id}`, '/tags'])
      expect((await t.ask(user, 'GET', path)).body.items, path).toEqual([]);
    for (const [method, path] of [
      ['GET', `/tasks/${task.id}`],
      ['PATCH', `/tasks/${task.id}`],
      ['POST', `/tasks/${task.id}/complete`],
      ['POST', `/tasks/${task.id}/snooze`],
    ] as const) {
      const body = { PATCH: { title: 'x' }, POST: { minutes: 5 }, GET: undefined }[method];
      expect((await t.ask(user, method, path, body)).status, path).toBe(404);
    }
    const pending = await t.pool.query(
      'SELECT 1 FROM todo.reminders WHERE task_id = $1 AND pending_at IS NOT NULL',
      [task.id],
    );
    expect(pending.rowCount).toBe(0);
    expect(await titles('eve')).toEqual([]);
    for (const method of ['GET', 'DELETE'])
      expect((await t.ask('eve', method, `/trash/${task.id}`)).status).toBe(404);
    expect((await t.ask('eve', 'DELETE', '/trash')).body).toEqual({ erased: 0, more: false });
    expect(await titles(user)).toEqual(['Paint the hull']);
  });

  it('a restored task is reminded of in the future again; what passed meanwhile is not sent in a heap', async () => {
    const user = 'dora';
    const task = await t.add(user, {
      title: 'Take the medicine',
      due: { kind: 'instant', at: new Date(now.getTime() + 10 * DAY_MS).toISOString() },
      reminders: [{ before: 'P9D' }, { before: 'P8D' }, { before: 'P7D' }, { before: 'PT1H' }],
    });
    await remove(user, task);
    later(5 * DAY_MS);
    await t.ask(user, 'POST', `/tasks/${task.id}/restore`);
    const { rows } = await t.pool.query<{ pending_at: Date | null }>(
      'SELECT pending_at FROM todo.reminders WHERE task_id = $1 AND pending_at IS NOT NULL',
      [task.id],
    );
    expect(rows.map((row) => row.pending_at?.toISOString())).toEqual([
      new Date(Date.parse(task.dueAt ?? '') - 3_600_000).toISOString(),
    ]);
    const reminders = eventsOf(task.id).filter(({ type }) => type === 'todo.reminder.due.v1');
    expect(reminders).toEqual([]);
  });

  it('erases one for good, with an event that older readers take as a deletion, and a second time it is gone', async () => {
    const user = 'emil';
    const parent = await t.add(user, { title: 'Old plan' });
    const early = await t.add(user, { title: 'Deleted before', parentId: parent.id });
    const below = await t.add(user, { title: 'Step', parentId: parent.id });
    await remove(user, early);
    await remove(user, parent);
    expect((await t.ask(user, 'DELETE', `/trash/${parent.id}`)).status).toBe(204);
    // what was deleted by itself stays, by itself
    expect(await titles(user)).toEqual(['Deleted before']);
    for (const id of [parent.id, below.id]) {
      for (const path of [`/tasks/${id}`, `/trash/${id}`])
        expect((await t.ask(user, 'GET', path)).status).toBe(404);
      expect((await t.ask(user, 'POST', `/tasks/${id}/restore`)).status).toBe(404);
      await expect.poll(() => eventsOf(id).length).toBe(3);
      expect(eventsOf(id).at(-1)).toMatchObject({
        type: 'todo.task.deleted.v1',
        data: { version: 3, task: null, before: { id }, erased: true },
      });
    }
    expect((await t.ask(user, 'DELETE', `/trash/${parent.id}`)).status).toBe(404);
    const living = await t.add(user, { title: 'Here' });
    expect((await t.ask(user, 'DELETE', `/trash/${living.id}`)).status).toBe(404);
    expect((await t.ask(user, 'GET', `/tasks/${living.id}`)).status).toBe(200);
    const back = await t.ask(user, 'POST', `/tasks/${early.id}/restore`);
    expect(back.body).toMatchObject({ title: 'Deleted before', parentId: null });
  });

  it('is emptied at once; living tasks, also below a deleted one, stay', async () => {
    const user = 'fred';
    const kept = await t.add(user, { title: 'Kept' });
    const parent = await t.add(user, { title: 'Gone' });
    await t.add(user, { title: 'Gone too', parentId: parent.id });
    await remove(user, parent);
    await t.pool.query('UPDATE todo.tasks SET parent_id = $2 WHERE id = $1', [kept.id, parent.id]);
    expect((await t.ask(user, 'DELETE', '/trash')).body).toEqual({ erased: 2, more: false });
    expect(await titles(user)).toEqual([]);
    expect((await t.ask(user, 'GET', `/tasks/${kept.id}`)).body.parentId).toBe(null);
    expect((await t.ask(user, 'DELETE', '/trash')).body).toEqual({ erased: 0, more: false });
  });

  it('a token limited to lists sees, restores and erases what is in them, and no more', async () => {
    const user = 'gus';
    const list = (await t.ask(user, 'POST', '/lists', { name: 'Shared' })).body;
    const inside = await t.add(user, { title: 'Inside', listId: list.id });
    const outside = await t.add(user, { title: 'Outside' });
    await remove(user, inside);
    await remove(user, outside);
    const made = await t.ask(user, 'POST', '/tokens', {
      name: 'limited',
      scopes: ['full'],
      listIds: [list.id],
    });
    const headers = { authorization: `Bearer ${made.body.token}` };
    const ask = (method: string, path: string) => t.ask(user, method, path, undefined, headers);
    const { body } = await ask('GET', '/trash');
    expect((body.items as unknown as Entry[]).map(({ task }) => task.title)).toEqual(['Inside']);
    expect((await ask('GET', `/trash/${outside.id}`)).status).toBe(404);
    expect((await ask('DELETE', `/trash/${outside.id}`)).status).toBe(404);
    expect((await ask('DELETE', '/trash')).body).toEqual({ erased: 1, more: false });
    expect(await titles(user)).toEqual(['Outside']);
  });
});

describe('the daily round', () => {
  let t: TestBackend;
  let now = new Date('2027-05-10T10:00:00Z');
  const clock = (): Date => now;
  beforeAll(async () => {
    t = await startTestBackend({ clock });
  });
  afterAll(() => t.close());

  const count = async (): Promise<number> =>
    (await t.pool.query('SELECT 1 FROM todo.tasks')).rowCount ?? 0;

  it('erases what was deleted 30 days ago, parents and subtasks, and nothing younger or living', async () => {
    const parent = await t.add('old', { title: 'Parent' });
    await t.add('old', {
      title: 'Child',
      parentId: parent.id,
      reminders: [{ at: '2028-01-01T00:00:00Z' }],
    });
    const other = await t.add('young', { title: 'Deleted later' });
    await t.add('young', { title: 'Living' });
    await t.ask('old', 'DELETE', `/tasks/${parent.id}`);
    now = new Date(now.getTime() + DAY_MS);
    await t.ask('young', 'DELETE', `/tasks/${other.id}`);
    now = new Date(Date.parse('2027-05-10T10:00:00Z') + 30 * DAY_MS);
    expect(await eraseOldTrash({ pool: t.pool, clock })).toEqual({ erased: 0, more: false });
    now = new Date(now.getTime() + 1);
    expect(await eraseOldTrash({ pool: t.pool, clock, batch: 1 })).toEqual({
      erased: 2,
      more: false,
    });
    expect(await count()).toBe(2);
    now = new Date(now.getTime() + DAY_MS);
    expect(await eraseOldTrash({ pool: t.pool, clock })).toEqual({ erased: 1, more: false });
    expect((await t.ask('young', 'GET', '/tasks')).body.items).toHaveLength(1);
    // every consumer let go of them when they were deleted
    const erasures = t.published.filter(({ event }) => 'erased' in (event.data as object));
    expect(erasures).toEqual([]);
  });

  it('ends at its bound, and leaves the work to a replica that has the lock', async () => {
    for (let n = 0; n < 5; n += 1) {
      const task = await t.add('busy', { title: `Task ${n}` });
      await t.ask('busy', 'DELETE', `/tasks/${task.id}`);
    }
    now = new Date(now.getTime() + 31 * DAY_MS);
    const round = { pool: t.pool, clock, batch: 2 };
    expect(await eraseOldTrash({ ...round, maxBatches: 1 })).toEqual({ erased: 2, more: true });
    const other = await t.pool.connect();
    try {
      await other.query('BEGIN');
      await other.query("SELECT pg_advisory_xact_lock(hashtextextended('todo:trash', 0))");
      expect(await eraseOldTrash(round)).toEqual({ erased: 0, more: false });
      await other.query('ROLLBACK');
    } finally {
      other.release();
    }
    const rounds = await Promise.all([eraseOldTrash(round), eraseOldTrash(round)]);
    expect(rounds.reduce((sum, { erased }) => sum + erased, 0)).toBe(3);
    expect((await t.ask('busy', 'GET', '/trash')).body.items).toEqual([]);
  });

  it('a started backend does a round by itself', async () => {
    const task = await t.add('auto', { title: 'Long gone' });
    await t.ask('auto', 'DELETE', `/tasks/${task.id}`);
    now = new Date(now.getTime() + 31 * DAY_MS);
    await t.another();
    await expect
      .poll(async () => (await t.ask('auto', 'GET', `/trash/${task.id}`)).status)
      .toBe(404);
  });

  it('tells calendar programs of a deletion once, and not again when the task is erased', async () => {
    const task = await t.add('cal', { title: 'In a calendar' });
    await t.ask('cal', 'DELETE', `/tasks/${task.id}`);
    const seq = async () =>
      (
        await t.pool.query<{ seq: string; gone: boolean }>(
          'SELECT seq, gone FROM todo.calendar_changes WHERE task_id = $1',
          [task.id],
        )
      ).rows;
    const before = await seq();
    expect(before).toMatchObject([{ gone: true }]);
    await t.ask('cal', 'DELETE', `/trash/${task.id}`);
    expect(await seq()).toEqual(before);
  });
});
