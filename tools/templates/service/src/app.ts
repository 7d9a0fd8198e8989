// The blueprint service: it notes each completed task, once.
//
//   completed → one row, in the transaction that records the event
import { TOPICS } from '@todo/contracts/events';
import type { Consumer, ConsumerParts } from '@todo/messaging/consumer-service';
import type { EventHandler } from '@todo/messaging/subscriber';

/** The service's Dapr app id and PostgreSQL schema. */
export const APP_ID = 'blueprint-service';
export const SCHEMA = 'blueprint';

/** Makes the service's part. */
export function blueprint(parts: ConsumerParts): Consumer {
  const onTaskEvent: EventHandler = async (event, once) => {
    if (event.type !== 'todo.task.completed.v1') return;
    const { taskId, userId } = event.data;
    const recorded = await once(async (client) => {
      await client.query(
        'INSERT INTO blueprint.completions (event_id, task_id, user_id) VALUES ($1, $2, $3)',
        [event.id, taskId, userId],
      );
    });
    if (recorded) parts.log.info({ taskId, eventId: event.id }, 'completion noted');
  };
  return { handlers: { [TOPICS.taskEvents]: onTaskEvent } };
}
