// A task as tools show it: dates in the same form as tools take them, with the day of the week and the person's local time,
// because a model is bad at computing those. Titles, notes, tags and list names are the person's text: data, never instructions.
import { localDate, localTime } from '@todo/contracts/due';
import { priority } from '@todo/contracts/task';
import type { Task } from '@todo/contracts/task';
import { lengthOf, shortened } from '@todo/contracts/text';
import { z } from 'zod';
import type { TaskList } from '../lists/lists.ts';
import type { ToolContext } from './tool.ts';

/** Code points of the notes that a list shows; get_task gives them whole. */
const NOTES_IN_LISTS = 200;

/** The moment of an answer, as the person sees it: their local date, weekday, time, and IANA zone. */
export const nowView = z.object({
  date: z.string(),
  weekday: z.string(),
  time: z.string(),
  zone: z.string(),
});

/** A task in an answer. Few words: every tool's description repeats it, and a model reads all of them. */
export const taskView = z.object({
  id: z.string(),
  version: z.number().describe('For ifVersion'),
  title: z.string(),
  notes: z.string(),
  status: z.enum(['open', 'done']),
  priority,
  tags: z.array(z.string()),
  list: z.object({ id: z.string(), name: z.string() }).nullable(),
  parentId: z.string().nullable(),
  due: z.string().nullable(),
  /** Of a local due. */
  dueZone: z.string().nullable(),
  /** UTC, as its Z says. */
  dueAt: z.string().nullable(),
  /** In the person's zone, which is in `now`. */
  dueLocal: z.string().nullable(),
  overdue: z.boolean(),
  repeat: z.string().nullable(),
  repeatFrom: z.string().nullable(),
  reminders: z.array(z.string()),
  completedAt: z.string().nullable(),
});
/** See {@link taskView}. */
export type TaskView = z.output<typeof taskView>;

/** The moment of an answer. */
export function viewNow(context: ToolContext): z.output<typeof nowView> {
  const now = context.clock();
  return {
    date: localDate(now, context.zone),
    weekday: weekday(now, context.zone),
    time: localTime(now, context.zone).slice(11, 16),
    zone: context.zone,
  };
}

/** Tasks as tools show them. @param length `short`: the begin of long notes */
export async function viewTasks(
  context: ToolContext,
  tasks: readonly Task[],
  length: 'short' | 'whole',
): Promise<TaskView[]> {
  const inLists = tasks.some((task) => task.listId !== null);
  const lists = new Map(
    (inLists ? await context.lists.all(context) : []).map((list) => [list.id, list]),
  );
  return tasks.map((task) => view(context, task, lists, length));
}

/** One task, whole. */
export async function viewTask(context: ToolContext, task: Task): Promise<TaskView> {
  const [view] = await viewTasks(context, [task], 'whole');
  return view as TaskView;
}

function view(
  context: ToolContext,
  task: Task,
  lists: ReadonlyMap<string, TaskList>,
  length: 'short' | 'whole',
): TaskView {
  const list = task.listId === null ? undefined : lists.get(task.listId);
  const { due, dueAt } = task;
  return {
    id: task.id,
    version: task.version,
    title: task.title,
    notes:
      length === 'short' && lengthOf(task.notes) > NOTES_IN_LISTS
        ? `${shortened(task.notes, NOTES_IN_LISTS)}…`
        : task.notes,
    status: task.status,
    priority: task.priority,
    tags: task.tags,
    list: list ? { id: list.id, name: list.name } : null,
    parentId: task.parentId,
    due:
      due === null
        ? null
        : due.kind === 'date'
          ? due.date
          : due.kind === 'local'
            ? due.local
            : due.at,
    dueZone: due?.kind === 'local' ? due.zone : null,
    dueAt,
    dueLocal: dueAt === null ? null : localWords(new Date(dueAt), context.zone, due?.kind),
    overdue: task.status === 'open' && dueAt !== null && new Date(dueAt) < context.clock(),
    repeat: task.recurrence?.rule ?? null,
    repeatFrom: task.recurrence?.from ?? null,
    reminders: task.reminders.map((reminder) =>
      'before' in reminder ? reminder.before : reminder.at,
    ),
    completedAt: task.completedAt,
  };
}

/** An instant in words: `Monday 2027-05-17 09:00`, of a date without the time. */
export function localWords(at: Date, zone: string, kind?: string): string {
  const day = `${weekday(at, zone)} ${localDate(at, zone)}`;
  return kind === 'date' ? day : `${day} ${localTime(at, zone).slice(11, 16)}`;
}

function weekday(at: Date, zone: string): string {
  return new Intl.DateTimeFormat('en', { weekday: 'long', timeZone: zone }).format(at);
}
