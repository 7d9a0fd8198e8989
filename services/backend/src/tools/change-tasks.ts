// Changing tasks: one by its id, or several by theirs. Which ones is always said by id, never by words, so that no text in a
// task can choose.
import { z } from 'zod';
import type { BulkResult, Reopened } from '../tasks/commands.ts';
import type { BulkCommand } from '../tasks/input.ts';
import { argumentOf, inArguments } from './arguments.ts';
import { nowView, taskView, viewNow, viewTask } from './task-view.ts';
import { changeWords, toPatch } from './task-words.ts';
import { defineTool } from './tool.ts';
import type { ToolContext } from './tool.ts';

/** Tasks of one call. */
const MAX_AT_ONCE = 100;

const id = z.uuid('expected the id of a task');
const ids = z.array(id).min(1, 'at least one id').max(MAX_AT_ONCE);
const ifVersion = z
  .int()
  .min(1)
  .optional()
  .describe('Refuse if the task has a different version by now');
const one = z.strictObject({ id, ifVersion });
const oneTask = z.object({ task: taskView, now: nowView });
const results = z.object({
  results: z.array(
    z.object({
      id: z.string(),
      ok: z.boolean(),
      title: z.string().nullable(),
      problem: z.string().nullable().describe('Why this task was not changed'),
    }),
  ),
});

export const updateTask = defineTool({
  name: 'update_task',
  title: 'Change a task',
  description:
    'Changes the given fields and keeps the others. null clears due, repeat, list or parentId; any other null is ignored. To move a task: {"id":"…","due":"2027-05-21"}. Of a repeating task, all following occurrences change too; not with onlyThis.',
  input: one.extend({ ...changeWords, onlyThis: z.boolean().optional() }),
  output: oneTask,
  action: 'tools.change',
  effect: { readOnly: false, destructive: true, idempotent: true },
  run: async (context, { id: taskId, ifVersion: version, onlyThis, ...words }) => {
    const before = await context.tasks.get(context, taskId);
    const patch = await toPatch(context, words, before);
    if (onlyThis === true) patch.scope = 'this';
    return await show(context, await context.tasks.update(context, taskId, patch, version));
  },
});

export const completeTask = defineTool({
  name: 'complete_task',
  title: 'Complete a task',
  description:
    'Marks a task as done. For a repeating task, the next occurrence is added as a new task a moment later, with its subtasks open. Completing a done task changes nothing.',
  input: one,
  output: oneTask,
  action: 'tools.change',
  effect: { readOnly: false, destructive: false, idempotent: true },
  run: async (context, { id: taskId, ifVersion: version }) =>
    show(context, await context.tasks.complete(context, taskId, version)),
});

export const skipOccurrence = defineTool({
  name: 'skip_occurrence',
  title: 'Skip an occurrence',
  description: 'Moves a repeating task to its next due date without completing it.',
  input: z.strictObject({ id }),
  output: z.object({ id: z.string(), due: z.string() }),
  action: 'tools.change',
  effect: { readOnly: false, destructive: false, idempotent: false },
  run: async (context, { id: taskId }) => {
    const task = await context.tasks.skip(context, taskId, {});
    return { id: taskId, due: (await viewTask(context, task)).due ?? '' };
  },
});

export const snoozeTask = defineTool({
  name: 'snooze_task',
  title: 'Remind again later',
  description:
    'Reminds the person of an open task again after the given minutes, such as {"id":"…","minutes":30}. The due date does not change; to change it, use update_task.',
  input: one.extend({ minutes: z.int().min(1).max(43_200) }),
  output: oneTask,
  action: 'tools.change',
  effect: { readOnly: false, destructive: false, idempotent: false },
  run: async (context, { id: taskId, ifVersion: version, minutes }) =>
    show(context, await context.tasks.snooze(context, taskId, { minutes }, version)),
});

export const reopenTask = defineTool({
  name: 'reopen_task',
  title: 'Reopen a task',
  description:
    'Marks a done task as open. Removes the next occurrence that completing it added, unless that was changed.',
  input: one,
  output: oneTask.extend({
    nextOccurrence: z.enum(['removed', 'kept']).nullable().describe('What became of it'),
  }),
  action: 'tools.change',
  effect: { readOnly: false, destructive: false, idempotent: true },
  run: async (context, { id: taskId, ifVersion: version }) =>
    reopened(context, await context.tasks.reopen(context, taskId, version)),
});

export const deleteTask = defineTool({
  name: 'delete_task',
  title: 'Delete a task',
  description:
    'Deletes a task and its subtasks. restore_task with the same id restores them. To finish a task, use complete_task instead.',
  input: one,
  output: z.object({ id: z.string(), deleted: z.literal(true), undo: z.string() }),
  action: 'tools.change',
  effect: { readOnly: false, destructive: true, idempotent: true },
  run: async (context, { id: taskId, ifVersion: version }) => {
    await context.tasks.remove(context, taskId, version);
    return { id: taskId, deleted: true as const, undo: 'restore_task with this id' };
  },
});

export const restoreTask = defineTool({
  name: 'restore_task',
  title: 'Restore a deleted task',
  description: 'Restores a deleted task and the subtasks that were deleted with it.',
  input: one,
  output: oneTask,
  action: 'tools.change',
  effect: { readOnly: false, destructive: false, idempotent: true },
  run: async (context, { id: taskId, ifVersion: version }) =>
    show(context, await context.tasks.restore(context, taskId, version)),
});

export const completeTasks = defineTool({
  name: 'complete_tasks',
  title: 'Complete several tasks',
  description:
    'Marks up to 100 tasks as done. The answer names each task that cannot be completed; the others are done.',
  input: z.strictObject({ ids }),
  output: results,
  action: 'tools.change',
  effect: { readOnly: false, destructive: false, idempotent: true },
  run: (context, { ids: chosen }) => bulk(context, { action: 'complete', ids: chosen }),
});

export const updateTasks = defineTool({
  name: 'update_tasks',
  title: 'Change several tasks',
  description:
    'Makes the same change to up to 100 tasks, such as {"ids":["…"],"changes":{"due":"2027-05-21"}}. The answer names each task that cannot be changed; the others are changed.',
  input: z.strictObject({ ids, changes: z.strictObject(changeWords) }),
  output: results,
  action: 'tools.change',
  effect: { readOnly: false, destructive: true, idempotent: true },
  run: async (context, { ids: chosen, changes }) =>
    bulk(context, {
      action: 'update',
      ids: chosen,
      patch: await inArguments('changes.', toPatch(context, changes, null)),
    }),
});

export const deleteTasks = defineTool({
  name: 'delete_tasks',
  title: 'Delete several tasks',
  description:
    'Deletes up to 100 tasks with their subtasks; restore_task restores each. Ask the person before you call this.',
  input: z.strictObject({ ids }),
  output: results,
  action: 'tools.change',
  effect: { readOnly: false, destructive: true, idempotent: true },
  run: (context, { ids: chosen }) => bulk(context, { action: 'delete', ids: chosen }),
});

async function show(
  context: ToolContext,
  task: Parameters<typeof viewTask>[1],
): Promise<z.output<typeof oneTask>> {
  return { task: await viewTask(context, task), now: viewNow(context) };
}

async function reopened(context: ToolContext, { nextOccurrence, ...task }: Reopened) {
  return { ...(await show(context, task)), nextOccurrence: nextOccurrence ?? null };
}

async function bulk(context: ToolContext, command: BulkCommand): Promise<z.output<typeof results>> {
  return { results: (await context.tasks.bulk(context, command)).map(tell) };
}

function tell(result: BulkResult): z.output<typeof results>['results'][number] {
  if (result.ok)
    return { id: result.id, ok: true, title: result.task?.title ?? null, problem: null };
  const { id: taskId, errors = [], detail } = result;
  const wrong = errors.map(({ field, message }) => `changes.${argumentOf(field)}: ${message}`);
  return { id: taskId, ok: false, title: null, problem: wrong.join('; ') || detail };
}
