// The recurring service: it hears of completed tasks and has the backend make what follows, once.
//
//   completed → successor? ── no ──→ done
//             → ask the backend (idempotent by series and place) → completion taken back? ── yes ──→ done
//             → record it with the event, and tell in the same transaction
// A crash after the question repeats it: the backend answers with the task it made before.
import type { Consumer, ConsumerParts } from '@todo/messaging/consumer-service';
import { databaseClock } from '@todo/runtime/database-clock';
import { TOPICS } from '@todo/contracts/events';
import { ERASURE } from '@todo/messaging/erased-people';
import { eraseMessages } from '@todo/messaging/erasure';
import { appendEvent } from '@todo/messaging/outbox';
import { isOwnProblem } from '@todo/contracts/problem';
import { RuleError } from '@todo/contracts/recurrence';
import { SidecarError } from '@todo/runtime/sidecar';
import { PoisonEvent } from '@todo/messaging/subscriber';
import type { EventHandler } from '@todo/messaging/subscriber';
import { z } from 'zod';
import { successorOf } from './successor.ts';
import type { Successor } from './successor.ts';

/** The service's Dapr app id and PostgreSQL schema. */
export const APP_ID = 'recurring-service';
export const SCHEMA = 'recurring';

/** `taskId` null: the completion was taken back meanwhile, so nothing follows it. */
const answer = z.object({ taskId: z.uuid().nullable(), created: z.boolean() });

/** Makes the service's part. */
export function recurring(parts: ConsumerParts): Consumer {
  const onTaskEvent: EventHandler = async (event, once) => {
    if (event.type === ERASURE) {
      const { userId } = event.data;
      await once(async (client) => {
        await eraseMessages(client, SCHEMA, userId);
        await client.query('DELETE FROM recurring.successors WHERE user_id = $1', [userId]);
      });
      return;
    }
    if (event.type !== 'todo.task.completed.v1') return;
    const next = decide(event.data);
    if (!next) return;
    const taskId = await askBackend(parts, next);
    if (taskId === null) return;
    const recorded = await once(async (client) => {
      const { rowCount } = await client.query(
        `INSERT INTO recurring.successors AS known (series_id, occurrence, task_id, previous_task_id, user_id) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (series_id, occurrence) DO UPDATE SET task_id = excluded.task_id, previous_task_id = excluded.previous_task_id
         WHERE known.task_id <> excluded.task_id`,
        [next.seriesId, next.occurrence, taskId, next.previousTaskId, next.userId],
      );
      if (rowCount === 0) return; // announced before, for another delivery of the same completion
      const now = databaseClock(parts.pool).now();
      const { userId, seriesId, occurrence, previousTaskId } = next;
      await appendEvent(client, SCHEMA, {
        topic: TOPICS.taskUpdates,
        type: 'todo.occurrence.created.v1',
        key: taskId,
        time: now,
        data: { userId, seriesId, taskId, previousTaskId, occurrence, at: now.toISOString() },
      });
    });
    if (!recorded) return;
    parts.log.info(
      { taskId, eventId: event.id, seriesId: next.seriesId, occurrence: next.occurrence },
      'next occurrence created',
    );
    parts.wakeOutbox();
  };
  return { handlers: { [TOPICS.taskEvents]: onTaskEvent } };
}

function decide(change: Parameters<typeof successorOf>[0]): Successor | null {
  try {
    return successorOf(change);
  } catch (error) {
    if (error instanceof RuleError || error instanceof RangeError)
      throw new PoisonEvent(error.message);
    throw error;
  }
}

async function askBackend(parts: ConsumerParts, next: Successor): Promise<string | null> {
  try {
    return answer.parse(
      await parts.sidecar.invoke('todo-backend', 'POST', '/internal/occurrences', next),
    ).taskId;
  } catch (error) {
    const refused = error instanceof SidecarError && [400, 404].includes(error.status ?? 0);
    if (refused && isOwnProblem(error.body)) {
      throw new PoisonEvent(`the backend rejected this occurrence: ${error.message}`);
    }
    throw error;
  }
}
