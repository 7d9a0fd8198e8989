// Finding tasks: by filters, by words, by id.
import { invalidInput } from '@todo/contracts/problem';
import { priority, storableText, visibleText } from '@todo/contracts/task';
import { z } from 'zod';
import type { WhereFilter } from '../tasks/filter-condition.ts';
import { readFilter } from '../filters/read-filter.ts';
import { filterText, MAX_PAGE, taskFilter, taskSort } from '../tasks/input.ts';
import { MAX_QUERY } from '../tasks/search-terms.ts';
import { savedFilter } from './filters.ts';
import { nowView, taskView, viewNow, viewTask, viewTasks } from './task-view.ts';
import { dueWords, toListId, toSpan } from './task-words.ts';
import { defineTool } from './tool.ts';
import type { ToolContext } from './tool.ts';

const LANGUAGE =
  'Such as due before friday & #home & !high | +errands & no date. Conditions: #tag, +list, !high, "text", due (before|by|after|from) DAY, done DAY, created DAY, overdue, no|has date|list|tags|priority|notes|reminders|subtasks, repeating, subtask, open, done, all. DAY: today, friday, next week, in 3 days, 2027-05-17. Join with & | not ( )';

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
    status: z.enum(['open', 'done', 'all']).optional().describe('Default: open, or as filter says'),
    filter: filterText.optional().describe(LANGUAGE),
    savedFilter: storableText(100).optional().describe('Name of a saved filter (list_filters)'),
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
  run: async (context, { dueFrom, dueTo, overdue, list, filter, savedFilter: name, ...rest }) => {
    const where = await whereOf(context, filter, name);
    const status = rest.status ?? (where === undefined ? 'open' : 'all');
    const before = [
      ...(dueTo === undefined ? [] : [toSpan(context, dueTo, 'dueTo').after]),
      ...(overdue ? [context.clock()] : []),
    ].sort((a, b) => a.getTime() - b.getTime())[0];
    const query = {
      ...rest,
      status: overdue ? 'open' : status,
      dueAfter:
        dueFrom === undefined ? undefined : toSpan(context, dueFrom, 'dueFrom').from.toISOString(),
      dueBefore: before?.toISOString(),
      listId: list === undefined ? undefined : await toListId(context, list, 'list'),
    };
    return await find(context, query, where);
  },
});

/** The filter that was given, or the saved one that was named. */
async function whereOf(
  context: ToolContext,
  filter: string | undefined,
  name: string | undefined,
): Promise<WhereFilter | undefined> {
  if (filter !== undefined && name !== undefined)
    throw invalidInput([
      { field: 'savedFilter', message: 'expected filter or savedFilter, not both' },
    ]);
  if (filter !== undefined) return await readFilter(context, context, filter);
  if (name === undefined) return undefined;
  const saved = await savedFilter(context, name, 'savedFilter');
  return await readFilter(context, context, saved.filter, 'savedFilter');
}

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
  given: Omit<z.input<typeof taskFilter>, 'filter' | 'include'>,
  where?: WhereFilter,
): Promise<z.output<typeof page>> {
  const query = taskFilter.omit({ filter: true, include: true }).parse(given);
  const { items, nextCursor } = await context.tasks.list(context, { ...query, where });
  return {
    tasks: await viewTasks(context, items, 'short'),
    nextCursor,
    now: viewNow(context),
  };
}
