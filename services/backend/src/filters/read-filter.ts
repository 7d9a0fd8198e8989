// A filter's text as what the tasks module asks for, with the person's own lists, zone and moment.
import type { Clock } from '@todo/runtime/clock';
import { invalidInput } from '@todo/contracts/problem';
import type { Lists } from '../lists/lists.ts';
import type { TaskContext } from '../tasks/task-context.ts';
import type { WhereFilter } from '../tasks/filter-condition.ts';
import { parseFilter } from './parse-filter.ts';

/** Who asks: their lists (as far as they can reach them), zone and locale. */
export type FilterAsker = Pick<TaskContext, 'userId' | 'listIds' | 'zone' | 'locale'>;

/** What reading a filter needs. */
export interface FilterParts {
  readonly lists: Lists;
  readonly clock: Clock;
}

/**
 * Reads a filter.
 * @param field what the caller named it, for the problem
 * @throws Problem 400 that says where it does not fit, and what was expected there
 */
export async function readFilter(
  { lists, clock }: FilterParts,
  asker: FilterAsker,
  text: string,
  field = 'filter',
): Promise<WhereFilter> {
  const { zone, locale } = asker;
  const now = clock();
  const read = parseFilter(text, { now, zone, locale, lists: await lists.all(asker) });
  if ('expression' in read) return { expression: read.expression, now, zone };
  const { message, start, end } = read.error;
  throw invalidInput([{ field, message: `character ${start + 1}: ${message}`, start, end }]);
}
