// What making each next occurrence did: the only SQL on the successors table.
import type { Queryable } from '@todo/runtime/database';
import type { Task } from '@todo/contracts/task';

/** One subtask that was stored with a successor. */
export interface SuccessorStep {
  readonly id: string;
  /** Its version after that. */
  readonly version: number;
  /** As it was before; null for a copy made for the successor. */
  readonly before: Task | null;
}

/** Records what making a successor did. */
export async function recordSuccessor(
  client: Queryable,
  taskId: string,
  previousTaskId: string,
  steps: readonly SuccessorStep[],
): Promise<void> {
  await client.query(
    'INSERT INTO todo.successors (task_id, previous_task_id, steps) VALUES ($1, $2, $3)',
    [taskId, previousTaskId, JSON.stringify(steps)],
  );
}

/** What making a successor did; undefined where that is not known, or where another task was completed for it. */
export async function findSuccessorSteps(
  client: Queryable,
  taskId: string,
  previousTaskId: string,
): Promise<SuccessorStep[] | undefined> {
  const { rows } = await client.query<{ steps: SuccessorStep[] }>(
    'SELECT steps FROM todo.successors WHERE task_id = $1 AND previous_task_id = $2',
    [taskId, previousTaskId],
  );
  return rows[0]?.steps;
}

/** Removes tasks for good, with what hangs on them; their subtasks must be among them. */
export async function eraseTasks(
  client: Queryable,
  userId: string,
  ids: readonly string[],
): Promise<void> {
  await client.query('DELETE FROM todo.tasks WHERE user_id = $1 AND id = ANY($2::uuid[])', [
    userId,
    ids,
  ]);
}
