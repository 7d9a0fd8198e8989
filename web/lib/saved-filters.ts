'use client';
// Saved filters, and what a filter that is being written finds.
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { useToast } from '@/components/ui/toast';
import { filterTextFor } from '@/text/filters';
import { call, queryString } from './api';
import { usePerson } from './session';
import type { SavedFilter } from './filter-list';
import { taskKeys } from './task-query';
import { useReason } from './tasks';

/** Longest filter, in code points; the backend's limit. */
export const MAX_FILTER = 500;

/** How many tasks a filter finds. */
export interface FilterCount {
  count: number;
  /** There are more than `count`. */
  more: boolean;
  /** The filter in its shortest spelling. */
  filter: string;
}

/** What a filter finds; an error says where it can't be read. */
export function filterCountOptions(filter: string) {
  return queryOptions({
    queryKey: [...taskKeys.all, 'count', filter],
    queryFn: ({ signal }) =>
      call<FilterCount>(`/tasks/count${queryString({ filter })}`, { signal }),
    retry: false,
    enabled: filter !== '',
  });
}

/** A change of the filters themselves; `after`: moved behind this one, null to the start. */
export type FilterChange =
  | { kind: 'add'; name: string; filter: string }
  | { kind: 'change'; id: string; name?: string; filter?: string; after?: string | null }
  | { kind: 'remove'; id: string };

/** Adds, changes and deletes filters. What was refused is said, unless the form says it. */
export function useChangeFilter(options: { quiet?: boolean } = {}) {
  const client = useQueryClient();
  const toast = useToast();
  const text = filterTextFor(usePerson().locale);
  const reason = useReason();
  return useMutation({
    mutationFn: (change: FilterChange) => {
      switch (change.kind) {
        case 'add': {
          const { name, filter } = change;
          return call<SavedFilter>('/filters', { method: 'POST', body: { name, filter } });
        }
        case 'change': {
          const { id, name, filter, after } = change;
          return call<SavedFilter>(`/filters/${id}`, {
            method: 'PATCH',
            body: { name, filter, after },
          });
        }
        case 'remove':
          return call<undefined>(`/filters/${change.id}`, { method: 'DELETE' });
      }
    },
    onError: (error) => {
      if (!options.quiet) toast({ tone: 'danger', text: text.failed(reason(error)) });
    },
    onSettled: () => client.invalidateQueries({ queryKey: taskKeys.all }),
  });
}
