// How each change is taken back: by the same tools, with what was there before.
import { isolated } from '@todo/contracts/text';
import { z } from 'zod';
import type { TaskView } from '../tools/task-view.ts';
import { taskView } from '../tools/task-view.ts';
import type { UndoStep } from './conversation.ts';

type Calls = UndoStep['calls'];

const made = z.object({ task: taskView.optional(), tasks: z.array(taskView).optional() });
const bulk = z.object({ results: z.array(z.object({ id: z.string(), ok: z.boolean() })) });

/**
 * The calls that take a change back; undefined for what has none.
 * @param before the tasks as they were
 */
export function undoOf(
  tool: string,
  input: Readonly<Record<string, unknown>>,
  output: object,
  before: readonly TaskView[],
): UndoStep | undefined {
  const open = before.filter(({ status }) => status === 'open');
  const done = before.filter(({ status }) => status === 'done');
  switch (tool) {
    case 'add_task':
    case 'add_tasks': {
      const { task, tasks = [] } = made.parse(output);
      const added = task ? [task] : tasks;
      return step('adding', added, each('delete_task', added));
    }
    case 'complete_task':
      return step('completing', open, each('reopen_task', open));
    case 'snooze_task':
      return step(
        'putting off',
        open,
        open.map(({ id, reminders }) => ({ tool: 'update_task', input: { id, reminders } })),
      );
    case 'reopen_task':
      return step('reopening', done, each('complete_task', done));
    case 'delete_task':
      return step('deleting', before, each('restore_task', before));
    case 'restore_task': {
      const { task } = made.parse(output);
      return task && step('restoring', [task], each('delete_task', [task]));
    }
    case 'update_task':
      return step(
        'changing',
        before,
        before.map((task) => restoring(task, input)),
      );
    case 'complete_tasks':
      return step('completing', changed(open, output), each('reopen_task', changed(open, output)));
    case 'delete_tasks':
      return step(
        'deleting',
        changed(before, output),
        each('restore_task', changed(before, output)),
      );
    case 'update_tasks': {
      const fields = z.record(z.string(), z.unknown()).parse(input['changes']);
      const touched = changed(before, output);
      return step(
        'changing',
        touched,
        touched.map((task) => restoring(task, fields)),
      );
    }
    default:
      return undefined;
  }
}

function step(
  doing: string,
  tasks: readonly { title: string }[],
  calls: Calls,
): UndoStep | undefined {
  const [first] = tasks;
  if (!first || calls.length === 0) return undefined;
  const what = tasks.length === 1 ? `“${isolated(first.title)}”` : `${tasks.length} tasks`;
  return { label: `${doing} ${what}`, calls };
}

function each(tool: string, tasks: readonly { id: string }[]): Calls {
  return tasks.map(({ id }) => ({ tool, input: { id } }));
}

function changed(before: readonly TaskView[], output: object): TaskView[] {
  const ok = new Set(
    bulk
      .parse(output)
      .results.filter((one) => one.ok)
      .map((one) => one.id),
  );
  return before.filter(({ id }) => ok.has(id));
}

/** Sets the fields that were named back to what they were. */
function restoring(task: TaskView, fields: Readonly<Record<string, unknown>>): Calls[number] {
  const input: Record<string, unknown> = { id: task.id };
  const named = (name: string): boolean => fields[name] !== undefined;
  if (named('title')) input['title'] = task.title;
  if (named('notes')) input['notes'] = task.notes;
  if (named('priority')) input['priority'] = task.priority;
  if (named('tags')) input['tags'] = task.tags;
  if (named('list')) input['list'] = task.list?.id ?? null;
  if (named('parentId')) input['parentId'] = task.parentId;
  if (named('reminders')) input['reminders'] = task.reminders;
  // a due and its repetition hang together
  if (named('due') || named('dueZone') || named('repeat') || named('repeatFrom')) {
    input['due'] = task.due;
    if (task.due !== null && task.dueZone !== null) input['dueZone'] = task.dueZone;
    input['repeat'] = task.repeat;
    if (task.repeat !== null && task.repeatFrom !== null) input['repeatFrom'] = task.repeatFrom;
  }
  return { tool: 'update_task', input };
}
