import type { TaskChange } from '@todo/contracts/events';
import { uuidv7 } from '@todo/runtime/uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { envelope, startConsumerUnderTest, TOKEN } from '@todo/testing/consumer-under-test';
import type { ConsumerUnderTest, Envelope } from '@todo/testing/consumer-under-test';
import { itKeepsTheDeliveryContract } from '@todo/testing/delivery-contract';
import { exampleChange, exampleTask } from '@todo/testing/example-task';
import { APP_ID, audit, SCHEMA } from '../src/app.ts';
import type { HistoryEntry } from '../src/history.ts';

interface Page {
  items: HistoryEntry[];
  next: string | null;
}

describe('audit-service', () => {
  let service: ConsumerUnderTest;
  beforeAll(async () => {
    service = await startConsumerUnderTest({
      appId: APP_ID,
      schema: SCHEMA,
      migrations: new URL('../migrations/', import.meta.url),
      build: audit,
    });
  });
  afterAll(() => service.close());

  const changed = (
    version: number,
    fields: Partial<TaskChange> & { taskId?: string } = {},
    more: object = {},
  ): Envelope => {
    const task = exampleTask({ version, ...(fields.taskId ? { id: fields.taskId } : {}) });
    return envelope(
      'task-events',
      version === 1 ? 'todo.task.created.v1' : 'todo.task.updated.v1',
      exampleChange(task, fields),
      more,
    );
  };
  const read = async (query: Record<string, string>): Promise<Page> => {
    const text = new URLSearchParams({ userId: 'anna', ...query }).toString();
    const answer = await service.ask('GET', `/internal/history?${text}`);
    expect(answer.status).toBe(200);
    return answer.body as Page;
  };
  const readAll = async (query: Record<string, string>): Promise<HistoryEntry[]> => {
    const entries: HistoryEntry[] = [];
    let after: string | null = null;
    do {
      const page: Page = await read({ ...query, ...(after === null ? {} : { after }) });
      expect(page.items.length).toBeLessThanOrEqual(Number(query['limit'] ?? 50));
      entries.push(...page.items);
      after = page.next;
    } while (after !== null);
    return entries;
  };

  itKeepsTheDeliveryContract(() => service, {
    event: () => changed(1, { userId: 'contract' }),
    effects: async (event) => {
      const { rows } = await service.pool.query<{ n: number }>(
        'SELECT count(*)::int AS n FROM audit.history WHERE event_source = $1 AND event_id = $2',
        [event.source, event.id],
      );
      return rows[0]!.n;
    },
  });

  it('B01: the same id from another source is another entry', async () => {
    const event = changed(1, { userId: 'ben' });
    await service.deliver(event);
    await service.deliver({ ...event, source: '/todo/elsewhere' });
    expect(await readAll({ userId: 'ben' })).toHaveLength(2);
  });

  it('G06: an entry says who did what, when, before and after', async () => {
    const before = exampleTask({ title: 'old' });
    const after = { ...before, version: 2, title: 'Zażółć gęślą 😀' };
    const actor = { kind: 'mcp' as const, id: 'token-1' };
    const event = envelope(
      'task-events',
      'todo.task.updated.v1',
      exampleChange(after, { actor, before, at: '2027-05-17T10:00:00.000Z' }),
    );
    await service.deliver(event);
    const [entry, ...more] = await readAll({ taskId: before.id });
    expect(more).toEqual([]);
    expect(entry).toMatchObject({
      eventId: event.id,
      source: '/todo/todo-backend',
      type: 'todo.task.updated.v1',
      taskId: before.id,
      version: 2,
      actor,
      at: '2027-05-17T10:00:00.000Z',
      task: after,
      before,
    });
  });

  it('a task that is erased for good is said to be', async () => {
    const task = exampleTask({ version: 3 });
    const { version, id: taskId } = task;
    const gone = { taskId, version: version + 1, task: null, before: task };
    const at = '2027-05-17T10:00:00.000Z';
    await service.deliver(
      envelope(
        'task-events',
        'todo.task.deleted.v1',
        exampleChange(task, { ...gone, at, erased: true }),
      ),
    );
    const [entry] = await readAll({ taskId });
    expect(entry).toMatchObject({ version: 4, task: null, before: task, data: { erased: true } });
  });

  it('events that come out of order are read in the order they happened', async () => {
    const taskId = uuidv7();
    const events = [1, 2, 3, 4, 5].map((version) =>
      changed(version, { taskId, at: `2027-05-17T10:00:0${version}.000Z` }),
    );
    for (const event of [events[3]!, events[0]!, events[4]!, events[2]!, events[1]!])
      await service.deliver(event);
    const entries = await readAll({ taskId, limit: '2' });
    expect(entries.map((entry) => entry.version)).toEqual([1, 2, 3, 4, 5]);
  });

  it('a task’s own story has its versions in order, also where two machines’ clocks differ', async () => {
    const taskId = uuidv7();
    const times = ['10:00:00', '10:00:05', '10:00:03', '10:00:04', '10:00:09'];
    const events = times.map((time, index) =>
      changed(index + 1, { taskId, at: `2027-05-17T${time}.000Z` }),
    );
    for (const event of events.toReversed()) await service.deliver(event);
    await service.deliver(
      envelope(
        'reminders',
        'todo.reminder.due.v1',
        {
          userId: 'anna',
          taskId,
          reminderId: uuidv7(),
          title: 'x',
          dueAt: null,
          remindAt: '2027-05-17T10:00:07.000Z',
          zone: 'UTC',
          locale: 'en',
        },
        { time: '2027-05-17T10:00:07.000Z' },
      ),
    );
    for (const limit of ['1', '2', '50']) {
      const entries = await readAll({ taskId, limit });
      expect(entries.map((entry) => entry.version)).toEqual([1, 2, 3, 4, null, 5]);
    }
  });

  it('reads by time: from is inclusive, to is exclusive', async () => {
    const userId = 'carla';
    for (const hour of ['08', '09', '10', '11'])
      await service.deliver(changed(1, { userId, at: `2027-05-17T${hour}:00:00.000Z` }));
    const entries = await readAll({
      userId,
      from: '2027-05-17T09:00:00Z',
      to: '2027-05-17T11:00:00+00:00',
    });
    expect(entries.map((entry) => entry.at.slice(11, 13))).toEqual(['09', '10']);
  });

  it('pages have no gap and no repetition where everything happened at once', async () => {
    const userId = 'dora';
    const at = '2027-05-17T10:00:00.000Z';
    const sent: string[] = [];
    for (let n = 0; n < 25; n += 1) {
      const event = changed(1 + (n % 3), { userId, at });
      sent.push(event.id);
      await service.deliver(event);
    }
    const entries = await readAll({ userId, limit: '4' });
    expect(entries.map((entry) => entry.eventId).sort()).toEqual(sent.sort());
  });

  it('F01: a person reads their own entries only, whatever task is asked for', async () => {
    const event = changed(1, { userId: 'erik' });
    await service.deliver(event);
    expect(await readAll({ userId: 'fred', taskId: event.subject })).toEqual([]);
    expect(await readAll({ userId: 'erik', taskId: event.subject })).toHaveLength(1);
    const nobody = { ...changed(1), data: { ...(event.data as object), userId: '' } };
    expect(await service.deliver(nobody)).toBe('DROP');
  });

  it('only the backend may ask, and only in a known form', async () => {
    const path = '/internal/history?userId=anna';
    const token = { 'dapr-api-token': TOKEN };
    expect((await service.ask('GET', path, undefined, {})).status).toBe(401);
    expect((await service.ask('GET', path, undefined, token)).status).toBe(403);
    for (const wrong of ['&limit=0', '&limit=201', '&after=x', '&from=yesterday', '&taskId=1'])
      expect([wrong, (await service.ask('GET', path + wrong)).status]).toEqual([wrong, 400]);
    expect((await service.ask('GET', '/internal/history')).status).toBe(400);
  });

  it.each([
    'UPDATE audit.history SET type = type',
    'DELETE FROM audit.history',
    'TRUNCATE audit.history',
  ])('the database refuses: %s', async (statement) => {
    await service.deliver(changed(1, { userId: 'gina' }));
    await expect(service.parts.pool.query(statement)).rejects.toMatchObject({ code: '42501' });
    expect(await readAll({ userId: 'gina' })).not.toEqual([]);
  });
});
