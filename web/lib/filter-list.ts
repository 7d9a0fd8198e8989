// The person's saved filters. Apart from what changes them: the navigation needs the list alone.
import { queryOptions } from '@tanstack/react-query';
import { call } from './api';
import { taskKeys } from './task-query';

/** A filter under a name. */
export interface SavedFilter {
  id: string;
  name: string;
  filter: string;
}

/** All saved filters, in the person's order. Below the tasks' key: whatever refreshes tasks refreshes these. */
export const savedFiltersOptions = queryOptions({
  queryKey: [...taskKeys.all, 'filters'],
  queryFn: ({ signal }) => call<{ items: SavedFilter[] }>('/filters', { signal }),
  select: (page) => page.items,
});
