// The time zone database changes: stored instants follow it once. The runtime has one release, so what an older one computed is
// written into the table: a due an hour off, with the reminder that belongs to it.
import { createLogger } from '@todo/runtime/log';
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';
import type { Task } from '@todo/contracts/task';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { followZoneData } from '../src/tasks/follow-zone-data.ts';

const NOW = new Date('2027-01-01T08:00:00Z');

describe('R04: zone data changes', { timeout: 60_000 }, () => {
  let t: TestBackend;
  const log = createLogger({ service: 'test', level: 'silent' });
  beforeAll(async () => {
    t = await startTestBackend({ clock: () => NOW });
    // the backend itself brings a new database to its own release
    await vi.waitFor(
      async () => {
        expect((await zoneData()).release).toBe(process.versions.tz);
      },
      { timeout: 20_000 },
    );
  });
  afterAll(() => t.close());
  beforeEach(async () => {
    await t.pool.query("UPDATE todo.zone_data SET release = '2026a', following = NULL, moved = 0");
  });

  const zoneData = async () => {
    const { rows } = await t.pool.query<{ release: string | null; moved: number }>(
      'SELECT release, moved FROM todo.zone_data',
    );
    return rows[0]!;
  };
  const follow = async (release = '2026f') => {
    const { recomputeInstants: recompute } = t.backend.parts.tasks;
    await followZoneData({ pool: t.pool, log, recompute, release });
  };
  const get = async (user: string, id: string): Promise<Task> =>
    (await t.ask(user, 'GET', `/tasks/${id}`)).body;
  /** A task, and what a release computed for which its zone was an hour later. */
  async function stale(user: string, fields: object = {}): Promise<Task> {
    const task = await t.add(user, {
      title: 'Call',
      due: { kind: 'local', local: '2027-01-15T09:00', zone: 'America/Winnipeg' },
      reminders: [{ before: 'PT1H' }],
      ...fields,
    });
    await t.pool.query("UPDATE todo.tasks SET due_at = due_at + interval '1 hour' WHERE id = $1", [
      task.id,
    ]);
    await t.pool.query(
      "UPDATE todo.reminders SET pending_at = pending_at + interval '1 hour' WHERE task_id = $1",
      [task.id],
    );
    return task;
  }
  const pendingOf = async (id: string) => {
    const { rows } = await t.pool.query<{ pending_at: Date | null }>(
      'SELECT pending_at FROM todo.reminders WHERE task_id = $1',
      [id],
    );
    return rows.map((row) => row.pending_at?.getTime());
  };

  it.each([
    ['a local time', { kind: 'local', local: '2027-01-15T09:00', zone: 'America/Winnipeg' }],
    [
      'a local time far ahead',
      { kind: 'local', local: '2031-07-15T23:30', zone: 'America/Inuvik' },
    ],
    ['a date, by the person’s zone', { kind: 'date', date: '2027-06-01' }],
  ])('%s moves with its reminder, with an event, once', async (what, due) => {
    const task = await stale(what, { due });
    const reminders = (await get(what, task.id)).reminders;
    await follow();
    const moved = await get(what, task.id);
    expect(moved).toMatchObject({ dueAt: task.dueAt, due, version: 2, reminders });
    const before = due.kind === 'date' ? undefined : Date.parse(task.dueAt!) - 3_600_000;
    if (before !== undefined) expect(await pendingOf(task.id)).toEqual([before]);
    const { rows } = await t.pool.query<{ data: unknown }>(
      "SELECT data FROM todo.changes WHERE task_id = $1 AND data->>'version' = '2'",
      [task.id],
    );
    expect(rows).toEqual([
      {
        data: expect.objectContaining({
          type: 'todo.task.updated.v1',
          actor: { kind: 'service', id: 'time-zone-data' },
        }) as unknown,
      },
    ]);
    await follow();
    await t.pool.query("UPDATE todo.zone_data SET release = '2026a'");
    await follow();
    expect((await get(what, task.id)).version).toBe(2);
    expect((await zoneData()).release).toBe('2026f');
  });

  it('what is past, done, deleted or an instant stays', async () => {
    const kept = [
      await stale('ben', {
        due: { kind: 'local', local: '2026-12-01T09:00', zone: 'America/Winnipeg' },
      }),
      await stale('ben', { due: { kind: 'instant', at: '2027-01-15T15:00:00Z' } }),
      await stale('ben'),
      await stale('ben'),
    ];
    await t.ask('ben', 'POST', `/tasks/${kept[2]!.id}/complete`);
    await t.ask('ben', 'DELETE', `/tasks/${kept[3]!.id}`);
    const rowsOf = async () =>
      (
        await t.pool.query<{ id: string }>(
          "SELECT id, version, due_at FROM todo.tasks WHERE user_id = 'ben' ORDER BY id",
        )
      ).rows;
    const before = await rowsOf();
    await follow();
    expect(await rowsOf()).toEqual(before);
  });

  it('an older release than the stored one changes nothing', async () => {
    const task = await stale('cleo');
    await t.pool.query("UPDATE todo.zone_data SET release = '2026f'");
    await follow('2026c');
    await follow('unknown');
    expect((await get('cleo', task.id)).version).toBe(1);
    expect((await zoneData()).release).toBe('2026f');
    await follow('2027a');
    expect((await get('cleo', task.id)).version).toBe(2);
  });

  it('goes on where it was cut off; two at once move each task once', async () => {
    const tasks: [string, Task][] = [];
    for (let n = 10; n < 35; n += 1) tasks.push([`many-${n}`, await stale(`many-${n}`)]);
    const { recomputeInstants } = t.backend.parts.tasks;
    let left = 22;
    const breaking = followZoneData({
      ...{ pool: t.pool, log, release: '2026f' },
      recompute: (userId) =>
        left-- > 0 ? recomputeInstants(userId) : Promise.reject(new Error('cut off')),
    });
    await expect(breaking).rejects.toThrow('cut off');
    expect((await zoneData()).release).toBe('2026a');
    await Promise.all([follow(), follow(), follow()]);
    await expect
      .poll(async () => {
        await follow();
        return (await zoneData()).release;
      })
      .toBe('2026f');
    for (const [user, task] of tasks)
      expect(await get(user, task.id)).toMatchObject({ version: 2, dueAt: task.dueAt });
  });
});
