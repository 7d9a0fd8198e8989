// Takes a completion back: what reopening a task does to the next occurrence that its completion made.
//
//   not made yet ................ it is not made any more (commands.ts refuses the completion that was taken back)
//   made, nobody touched it ..... removed, and its subtasks are where and how they were before
//   made, somebody touched it ... stays as it is, and the answer says so
//   made, deleted since ......... stays deleted
//
// Touched: the occurrence or a subtask below it was changed, completed, added or taken away since it was made.
import type { Queryable } from '@todo/runtime/database';
import type { EventType } from '@todo/contracts/events';
import type { Task } from '@todo/contracts/task';
import { eraseTasks, findSuccessorSteps } from './successor-rows.ts';
import type { SuccessorStep } from './successor-rows.ts';
import { findOccurrence, findTask, subtaskIds } from './task-rows.ts';
import type { Context } from './task-context.ts';

/** What became of the next occurrence. */
export type NextOccurrenceOutcome = 'removed' | 'kept';

/** What this needs of the unit of work it runs in. */
interface Work {
  readonly client: Queryable;
  readonly context: Context;
  save: (
    type: EventType & `todo.task.${string}`,
    before: Task | null,
    task: Task,
    deletedAt: Date | null,
  ) => Promise<void>;
}

/**
 * Withdraws the occurrence after `completed`, which is about to be opened again.
 * @returns undefined when there is none
 */
export async function withdrawSuccessor(
  work: Work,
  completed: Task,
): Promise<NextOccurrenceOutcome | undefined> {
  const { client, context } = work;
  const { userId } = context;
  if (completed.seriesId === null) return undefined;
  const id = await findOccurrence(client, userId, completed.seriesId, completed.occurrence + 1);
  const stored = id === undefined ? undefined : await findTask(client, userId, id);
  if (!stored || stored.deletedAt) return undefined;
  const steps = await findSuccessorSteps(client, stored.task.id, completed.id);
  const below = await livingBelow(work, stored.task.id);
  if (steps === undefined || !isUntouched(stored.task, steps, below)) return 'kept';

  const now = context.clock();
  const changed = (task: Task, from: Task): Task => ({
    ...from,
    version: task.version + 1,
    updatedAt: now.toISOString(),
  });
  const copies: Task[] = [];
  for (const task of below) {
    const before = steps.find((step) => step.id === task.id)?.before ?? null;
    if (before === null) copies.push(task);
    else {
      const type = before.status === 'done' ? 'todo.task.completed.v1' : 'todo.task.updated.v1';
      await work.save(type, task, changed(task, before), null);
    }
  }
  const gone = [...copies, stored.task];
  for (const task of gone) await work.save('todo.task.deleted.v1', task, changed(task, task), now);
  await eraseTasks(
    client,
    userId,
    gone.map((task) => task.id),
  );
  return 'removed';
}

async function livingBelow({ client, context }: Work, id: string): Promise<Task[]> {
  const tasks: Task[] = [];
  for (const each of await subtaskIds(client, context.userId, id, null)) {
    const stored = await findTask(client, context.userId, each);
    if (stored) tasks.push(stored.task);
  }
  return tasks;
}

function isUntouched(
  successor: Task,
  steps: readonly SuccessorStep[],
  below: readonly Task[],
): boolean {
  if (successor.version !== 1 || below.length !== steps.length) return false;
  const versions = new Map(steps.map((step) => [step.id, step.version]));
  return below.every((task) => versions.get(task.id) === task.version);
}
