'use client';
// The trash: deleted tasks, until they are restored or erased. Restoring is a change of a task like any other (lib/tasks.ts).
import {
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query';
import type { Task } from '@todo/contracts/task';
import { useToast } from '@/components/ui/toast';
import { trashTextFor } from '@/text/trash';
import { call, queryString } from './api';
import { usePerson } from './session';
import { PAGE_SIZE, taskKeys } from './task-query';
import { useReason } from './tasks';

/** A deleted task. */
export interface TrashedTask {
  task: Task;
  /** UTC. */
  deletedAt: string;
  /** It can be restored until then, UTC. */
  erasedAfter: string;
  /** Deleted with it. */
  subtasks: number;
}

interface TrashPage {
  items: TrashedTask[];
  nextCursor: string | null;
}

/** All deleted tasks, page by page. Below the tasks' key: whatever refreshes tasks refreshes these. */
export const trashOptions = infiniteQueryOptions({
  queryKey: [...taskKeys.all, 'trash'],
  initialPageParam: null as string | null,
  queryFn: ({ pageParam, signal }) =>
    call<TrashPage>(`/trash${queryString({ limit: PAGE_SIZE, cursor: pageParam })}`, { signal }),
  getNextPageParam: (page) => page.nextCursor,
});

/** One deleted task. */
export function trashedOptions(id: string) {
  return queryOptions({
    queryKey: [...taskKeys.all, 'trash', id],
    queryFn: ({ signal }) => call<TrashedTask>(`/trash/${id}`, { signal }),
  });
}

/** Erases one deleted task, or all: what was refused is said. */
export function useErase() {
  const client = useQueryClient();
  const toast = useToast();
  const reason = useReason();
  const text = trashTextFor(usePerson().locale);
  return useMutation({
    mutationKey: taskKeys.all,
    mutationFn: async (what: TrashedTask | 'all'): Promise<number> => {
      if (what !== 'all') {
        await call<undefined>(`/trash/${what.task.id}`, { method: 'DELETE' });
        return 1;
      }
      for (let erased = 0; ;) {
        const answer = await call<{ erased: number; more: boolean }>('/trash', {
          method: 'DELETE',
        });
        erased += answer.erased;
        if (!answer.more) return erased;
      }
    },
    onSuccess: (erased, what) => {
      toast({ text: what === 'all' ? text.emptied(erased) : text.erased(what.task.title) });
    },
    onError: (error) => {
      toast({ tone: 'danger', text: text.eraseFailed(reason(error)) });
    },
    onSettled: () => client.invalidateQueries({ queryKey: taskKeys.all }),
  });
}
