// The service on a database of its own, asked as its sidecar asks it.
import { startConsumerUnderTest, envelope } from '@todo/testing/consumer-under-test';
import type { ConsumerUnderTest } from '@todo/testing/consumer-under-test';
import { itKeepsTheDeliveryContract } from '@todo/testing/delivery-contract';
import { exampleChange, exampleTask } from '@todo/testing/example-task';
import { afterAll, beforeAll, describe } from 'vitest';
import { APP_ID, blueprint, SCHEMA } from '../src/app.ts';

describe('blueprint-service', () => {
  let service: ConsumerUnderTest;
  beforeAll(async () => {
    service = await startConsumerUnderTest({
      appId: APP_ID,
      schema: SCHEMA,
      migrations: new URL('../migrations/', import.meta.url),
      build: blueprint,
    });
  });
  afterAll(async () => {
    await service.close();
  });

  itKeepsTheDeliveryContract(() => service, {
    event: () => envelope('task-events', 'todo.task.completed.v1', exampleChange(exampleTask())),
    effects: async (event) => {
      const { rows } = await service.pool.query<{ n: number }>(
        'SELECT count(*)::int AS n FROM blueprint.completions WHERE event_id = $1',
        [event.id],
      );
      return rows[0]?.n ?? 0;
    },
  });
});
