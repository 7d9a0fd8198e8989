// What the backend understands of a typed line. Reading a line stores nothing; the task is then added like any other.
import { queryOptions } from '@tanstack/react-query';
import type { Due, Recurrence, Task } from '@todo/contracts/task';
import { call } from './api';
import type { Ignored, Understood } from './understood';

/** A line as it was understood. */
export interface QuickAddReading {
  understood: Understood[];
  /** What could not be used, and why. */
  hints: string[];
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

/** The reading of a line, kept for as long as it is true. */
export function readingOptions(line: string, ignored: readonly Ignored[]) {
  const ignore = stillThere(line, ignored).map(({ start, end }) => ({ start, end }));
  return queryOptions({
    queryKey: ['quick-add', line, ignore],
    queryFn: ({ signal }) =>
      call<QuickAddReading>('/quick-add/preview', {
        method: 'POST',
        body: { text: line, ignore },
        signal,
      }),
    staleTime: FRESH_MS,
    retry: false,
  });
}
