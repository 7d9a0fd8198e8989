// The tasks of a filter. What list_tasks can't filter by is looked through here, page by page.
import { localDate } from '@todo/contracts/due';
import { z } from 'zod';
import { taskView } from '../../tools/task-view.ts';
import type { TaskView } from '../../tools/task-view.ts';
import type { Turn } from '../chat-engine.ts';
import type { TaskFilter } from './task-filter.ts';

/** Tasks of a page. */
const PAGE = 200;
/** Pages that are looked through; a longer list is cut, and the answer says so. */
const MAX_PAGES = 10;

const page = z.object({ tasks: z.array(taskView), nextCursor: z.string().nullable() });

/** Tasks that fit. */
export interface Fetched {
  readonly tasks: readonly TaskView[];
  /** There may be more. */
  readonly more: boolean;
}

/**
 * Fetches the tasks of a filter, in the order of list_tasks.
 * @param words that the title, the notes or a tag must have, each from the begin of a word
 */
export async function fetchTasks(turn: Turn, filter: TaskFilter, words = ''): Promise<Fetched> {
  const input = inputOf(filter);
  const fits = predicateOf(turn, filter, words);
  const tasks: TaskView[] = [];
  let cursor: string | null = null;
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const read: z.output<typeof page> = page.parse(
      await turn.tools.look('list_tasks', {
        ...input,
        limit: PAGE,
        ...(cursor === null ? {} : { cursor }),
      }),
    );
    tasks.push(...read.tasks.filter(fits));
    cursor = read.nextCursor;
    if (cursor === null) break;
  }
  return { tasks, more: cursor !== null };
}

function inputOf({ done, overdue, priority, tag, list, span }: TaskFilter): object {
  return {
    ...(done ? { status: 'done' } : {}),
    ...(overdue && !done ? { overdue } : {}),
    ...(priority === undefined ? {} : { priority }),
    ...(tag === undefined ? {} : { tag }),
    ...(list ? { list: list.id } : {}),
    ...(span?.from === undefined || done ? {} : { dueFrom: span.from }),
    ...(span?.to === undefined || done ? {} : { dueTo: span.to }),
  };
}

function predicateOf(turn: Turn, filter: TaskFilter, words: string): (task: TaskView) => boolean {
  const { zone } = turn.context;
  const wanted = wordsOf(words);
  return (task) => {
    if (filter.undated && task.due !== null) return false;
    if (filter.repeating && task.repeat === null) return false;
    if (filter.done && filter.span) {
      if (task.completedAt === null) return false;
      const day = localDate(new Date(task.completedAt), zone);
      if (filter.span.from !== undefined && day < filter.span.from) return false;
      if (filter.span.to !== undefined && day > filter.span.to) return false;
    }
    if (wanted.length === 0) return true;
    const has = wordsOf(`${task.title} ${task.notes} ${task.tags.join(' ')}`);
    return wanted.every((word) => has.some((one) => one.startsWith(word)));
  };
}

/** The words of a text, folded. */
export function wordsOf(text: string): string[] {
  return (
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}
