// Adding tasks: one, or several at once.
import { storableText } from '@todo/contracts/task';
import { z } from 'zod';
import { inArguments } from './arguments.ts';
import { nowView, taskView, viewNow, viewTask, viewTasks } from './task-view.ts';
import { newTaskWords, toNewTask } from './task-words.ts';
import { defineTool } from './tool.ts';

/** Tasks of one call. */
const MAX_AT_ONCE = 100;

const requestId = storableText(150)
  .min(1)
  .optional()
  .describe(
    'Any text you choose; repeating it within 7 days adds nothing and returns the same task',
  );

const added = { readOnly: false, destructive: false, idempotent: false };

export const addTask = defineTool({
  name: 'add_task',
  title: 'Add a task',
  description:
    'Adds one task for the person. For several, use add_tasks. Example: {"title":"Pay rent","due":"2027-06-01T09:00","repeat":"FREQ=MONTHLY","reminders":["P1D"],"tags":["home"]}',
  input: newTaskWords.extend({ requestId }),
  output: z.object({ task: taskView, now: nowView }),
  action: 'tools.change',
  effect: added,
  run: async (context, { requestId: key, ...words }) => {
    const task = await context.tasks.create(
      context,
      await toNewTask(context, words),
      key === undefined ? undefined : `tool:${key}`,
    );
    return { task: await viewTask(context, task), now: viewNow(context) };
  },
});

export const addTasks = defineTool({
  name: 'add_tasks',
  title: 'Add several tasks',
  description:
    'Adds up to 100 tasks at once: all, or none if one is wrong (the error names it, such as tasks.2.due). Example: {"tasks":[{"title":"Milk","list":"Shopping"},{"title":"Bread","list":"Shopping"}]}',
  input: z.strictObject({
    tasks: z.array(newTaskWords).min(1, 'at least one task').max(MAX_AT_ONCE),
    requestId,
  }),
  output: z.object({ tasks: z.array(taskView), now: nowView }),
  action: 'tools.change',
  effect: added,
  run: async (context, { tasks: words, requestId: key }) => {
    const inputs = [];
    for (const [index, one] of words.entries())
      inputs.push(await toNewTask(context, one, `tasks.${index}.`));
    const tasks = await inArguments(
      'tasks.',
      context.tasks.createMany(context, inputs, key === undefined ? undefined : `tool:${key}`),
    );
    return { tasks: await viewTasks(context, tasks, 'short'), now: viewNow(context) };
  },
});
