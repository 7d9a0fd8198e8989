// A person who is erased leaves no row in the recurring service, and their completions cause nothing any more.
import { uuidv7 } from '@todo/runtime/uuid';
import { envelope, startConsumerUnderTest } from '@todo/testing/consumer-under-test';
import type { ConsumerUnderTest } from '@todo/testing/consumer-under-test';
import { exampleChange, exampleTask } from '@todo/testing/example-task';
import { tablesWith } from '@todo/testing/find-text';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { APP_ID, recurring, SCHEMA } from '../src/app.ts';

const CANARY = 'Canary8Gb5Vk0Ds';
let service: ConsumerUnderTest;
let asked = 0;
beforeAll(async () => {
  service = await startConsumerUnderTest({
    appId: APP_ID,
    schema: SCHEMA,
    migrations: new URL('../migrations/', import.meta.url),
    build: recurring,
    invoke: () => {
      asked += 1;
      return Promise.resolve({ taskId: uuidv7(), created: true });
    },
  });
});
afterAll(() => service.close());

it('deletes a person’s series, and what is completed later has no effect', async () => {
  const completed = (userId: string) => {
    const task = exampleTask({
      title: CANARY,
      status: 'done',
      seriesId: uuidv7(),
      due: { kind: 'date', date: '2027-05-10' },
      recurrence: { rule: 'FREQ=DAILY', from: 'due' },
      completedAt: '2027-05-10T10:00:00.000Z',
    });
    return envelope('task-events', 'todo.task.completed.v1', exampleChange(task, { userId }));
  };
  const owners = async () =>
    (
      await service.pool.query<{ user_id: string }>(
        'SELECT user_id FROM recurring.successors ORDER BY 1',
      )
    ).rows.map((row) => row.user_id);
  for (const user of ['anna', 'anna', 'ben'])
    expect(await service.deliver(completed(user))).toBe('SUCCESS');
  await service.deliver(completed('anna'), 'dead');
  expect(await owners()).toEqual(['anna', 'anna', 'ben']);
  expect(await tablesWith(service.pool, CANARY)).toEqual(['recurring.dead_letters']);

  const at = new Date().toISOString();
  const event = envelope('task-events', 'todo.account.erased.v1', { userId: 'anna', at });
  expect(await service.deliver(event)).toBe('SUCCESS');
  expect(await owners()).toEqual(['ben']);
  expect(await tablesWith(service.pool, CANARY)).toEqual([]);

  const before = asked;
  expect(await service.deliver(completed('anna'))).toBe('SUCCESS');
  expect(asked).toBe(before);
  expect(await owners()).toEqual(['ben']);
});
