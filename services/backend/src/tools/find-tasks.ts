// Finding tasks: by filters, by words, by id.
import { priority, storableText, visibleText } from '@todo/contracts/task';
import { z } from 'zod';
import { MAX_PAGE, taskFilter, taskSort } from '../tasks/input.ts';
import { MAX_QUERY } from '../tasks/search-terms.ts';
import { nowView, taskView, viewNow, viewTask, viewTasks } from './task-view.ts';
import { dueWords, toListId, toSpan } from './task-words.ts';
import { defineTool } from './tool.ts';
import type { ToolContext } from './tool.ts';

const reads = { readOnly: true, destructive: false, idempotent: true };
const limit = z.int().min(1).max(MAX_PAGE).default(50).describe('Tasks in the answer');
const cursor = storableText(500)
  .optional()
  .describe('nextCursor of the previous answer, with the same filters, for the next page');
const tag = storableText(50)
  .transform((text) => text.trim().replace(/^#/, ''))
  .optional();
const page = z.object({
  tasks: z.array(taskView),
  nextCursor: z.string().nullable().describe('null: no more pages'),
  now: nowView,
});

export const listTasks = defineTool({
  name: 'list_tasks',
  title: 'List tasks',
  description:
    'Lists the person\'s tasks by filters, soonest due first; open tasks by default. Today and overdue: {"dueTo":"<today>"}. This week: {"dueFrom":"2027-05-17","dueTo":"2027-05-23"}.',
  input: z.strictObject({
    status: z.enum(['open', 'done', 'all']).default('open'),
    dueFrom: dueWords.optional().describe('Due on this day (or time) or later'),
    dueTo: dueWords.optional().describe('Due on this day (or time) or earlier, overdue included'),
    overdue: z.boolean().default(false).describe('Only open tasks that are overdue'),
    tag,
    priority: priority.optional(),
    list: storableText(100).optional().describe('Name or id of a list'),
    parentId: z
      .union([z.uuid(), z.literal('none')], { error: 'expected the id of a task, or none' })
      .optional()
      .describe('Only the subtasks of this task; "none": only top-level tasks'),
    sort: taskSort.optional().describe('Default: due; for done tasks: completed (newest first)'),
    limit,
    cursor,
  }),
  output: page,
  action: 'tools.read',
  effect: reads,
  run: async (context, { dueFrom, dueTo, overdue, list, status, ...rest }) => {
    const before = [
      ...(dueTo === undefined ? [] : [toSpan(context, dueTo, 'dueTo').after]),
      ...(overdue ? [context.clock()] : []),
    ].sort((a, b) => a.getTime() - b.getTime())[0];
    return await find(context, {
      ...rest,
      status: overdue ? 'open' : status,
      dueAfter:
        dueFrom === undefined ? undefined : toSpan(context, dueFrom, 'dueFrom').from.toISOString(),
      dueBefore: before?.toISOString(),
      listId: list === undefined ? undefined : await toListId(context, list, 'list'),
    });
  },
});

export const searchTasks = defineTool({
  name: 'search_tasks',
  title: 'Search tasks',
  description:
    'Finds tasks whose title or notes contain all the words, open and done. "Quoted words" must be adjacent. Case is ignored. If nothing is found, try fewer words or parts of words.',
  input: z.strictObject({
    query: visibleText(MAX_QUERY),
    status: z.enum(['open', 'done', 'all']).default('all'),
    tag,
    limit,
    cursor,
  }),
  output: page,
  action: 'tools.read',
  effect: reads,
  run: (context, { query, ...rest }) => find(context, { ...rest, q: query }),
});

export const getTask = defineTool({
  name: 'get_task',
  title: 'Read a task',
  description: 'One task with all its notes, and its subtasks.',
  input: z.strictObject({ id: z.uuid('expected the id of a task') }),
  output: z.object({ task: taskView, subtasks: z.array(taskView), now: nowView }),
  action: 'tools.read',
  effect: reads,
  run: async (context, { id }) => {
    const task = await context.tasks.get(context, id);
    const { tasks } = await find(context, { parentId: id, sort: 'oldest', limit: MAX_PAGE });
    return { task: await viewTask(context, task), subtasks: tasks, now: viewNow(context) };
  },
});

async function find(
  context: ToolContext,
  filter: z.input<typeof taskFilter>,
): Promise<z.output<typeof page>> {
  const { items, nextCursor } = await context.tasks.list(context, taskFilter.parse(filter));
  return {
    tasks: await viewTasks(context, items, 'short'),
    nextCursor,
    now: viewNow(context),
  };
}
