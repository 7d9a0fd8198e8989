'use client';
// The person's lists (projects) and the tags in use: what the navigation offers, and how lists are changed.
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { useToast } from '@/components/ui/toast';
import { call } from './api';
import { useText } from './session';
import type { TaskList } from './task-list';
import { taskKeys } from './task-query';
import { useReason } from './tasks';

/** A tag and how many open tasks have it. */
export interface TagCount {
  tag: string;
  open: number;
}

/** All lists, oldest first. Below the tasks' key: whatever refreshes tasks refreshes these. */
export const listsOptions = queryOptions({
  queryKey: [...taskKeys.all, 'lists'],
  queryFn: ({ signal }) => call<{ items: TaskList[] }>('/lists', { signal }),
  select: (page) => page.items,
});

/** The tags of open tasks, by name. */
export const tagsOptions = queryOptions({
  queryKey: [...taskKeys.all, 'tags'],
  queryFn: ({ signal }) => call<{ items: TagCount[] }>('/tags', { signal }),
  select: (page) => page.items,
});

/** A change of the lists themselves. */
export type ListChange =
  | { kind: 'add'; name: string }
  | { kind: 'rename'; id: string; name: string }
  | { kind: 'remove'; id: string };

/** Adds, renames and deletes lists; what was refused is said. */
export function useChangeList() {
  const client = useQueryClient();
  const toast = useToast();
  const text = useText();
  const reason = useReason();
  return useMutation({
    mutationFn: (change: ListChange) => {
      switch (change.kind) {
        case 'add':
          return call<TaskList>('/lists', { method: 'POST', body: { name: change.name } });
        case 'rename':
          return call<TaskList>(`/lists/${change.id}`, {
            method: 'PATCH',
            body: { name: change.name },
          });
        case 'remove':
          return call<undefined>(`/lists/${change.id}`, { method: 'DELETE' });
      }
    },
    onError: (error) => {
      toast({ tone: 'danger', text: text.lists.failed(reason(error)) });
    },
    onSettled: () => client.invalidateQueries({ queryKey: taskKeys.all }),
  });
}
