// What the backend understands of a typed line. Reading a line stores nothing; the task is then added like any other.
import { queryOptions, type QueryClient } from '@tanstack/react-query';
import type { Due, Recurrence, Task } from '@todo/contracts/task';
import { call } from './api';
import { ApiError } from './api-error';
import type { Ignored, Understood } from './understood';

/** A line as it was understood. */
export interface QuickAddReading {
  understood: Understood[];
  /** What could not be used, and why. */
  hints: string[];
  /** Words that look like a time or a priority, and stay in the title. Not there from a backend before it was added. */
  unread?: Ignored[];
  task: {
    title: string;
    notes: string;
    priority: Task['priority'];
    tags: string[];
    listId: string | null;
    due: Due | null;
    recurrence: Recurrence | null;
    reminders: ({ at: string } | { before: string })[];
  };
}

/** Longest line, in characters: the backend's limit. */
export const MAX_LINE = 2_000;
/** "in an hour" means something else a while later, in ms. */
const FRESH_MS = 60_000;

/** What of `ignored` still stands where it stood in the line. */
export function stillThere(line: string, ignored: readonly Ignored[]): Ignored[] {
  return ignored.filter(({ start, end, text }) => line.slice(start, end) === text);
}

/** A line of which nothing was understood. */
const PLAIN: QuickAddReading['task'] = {
  title: '',
  notes: '',
  priority: 'none',
  tags: [],
  listId: null,
  due: null,
  recurrence: null,
  reminders: [],
};

/**
 * The reading of a line, kept for as long as it is true. It is not cancelled with the preview that asked first: a line that is
 * sent waits for the same answer.
 */
export function readingOptions(line: string, ignored: readonly Ignored[]) {
  const ignore = stillThere(line, ignored).map(({ start, end }) => ({ start, end }));
  return queryOptions({
    queryKey: ['quick-add', line, ignore],
    queryFn: () =>
      call<QuickAddReading>('/quick-add/preview', {
        method: 'POST',
        body: { text: line, ignore },
      }),
    staleTime: FRESH_MS,
    retry: false,
  });
}

/**
 * The task that a line says, read before it is added. A line that the backend refuses to read is taken as it is; a reading that
 * failed for another reason is no reading: the line is kept and nothing is added.
 * @throws ApiError where the backend is not reached, is busy, or asks to sign in
 */
export async function readLine(
  client: QueryClient,
  { title, ignored }: { title: string; ignored: readonly Ignored[] },
): Promise<QuickAddReading['task']> {
  try {
    const options = { ...readingOptions(title, ignored), networkMode: 'always' as const };
    return (await client.query(options)).task;
  } catch (error) {
    if (error instanceof ApiError && (error.status === 400 || error.status === 422))
      return { ...PLAIN, title: title.trim() };
    throw error;
  }
}
