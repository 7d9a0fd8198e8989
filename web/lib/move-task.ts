'use client';
// Moves tasks within their list.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Task } from '@todo/contracts/task';
import { useToast } from '@/components/ui/toast';
import { call } from './api';
import { useText } from './session';
import { taskKeys, type TaskFilter } from './task-query';
import { stopReading, useReason, type Lists } from './tasks';

/**
 * Moves a task behind another one of its list (null: to the start). Shown at once, taken back with a reason when refused.
 * @param filter of the list that shows the order
 */
export function useMoveTask(filter: TaskFilter) {
  const client = useQueryClient();
  const toast = useToast();
  const text = useText();
  const reason = useReason();
  return useMutation({
    mutationKey: taskKeys.all,
    mutationFn: ({ task, after }: { task: Task; after: Task | null }) =>
      call<undefined>(`/tasks/${task.id}/move`, {
        method: 'POST',
        body: { after: after?.id ?? null },
      }),
    onMutate: ({ task, after }) => {
      stopReading(client);
      const key = taskKeys.list(filter);
      const before = client.getQueryData<Lists>(key);
      client.setQueryData<Lists>(key, (lists) => lists && moved(lists, task, after));
      return { key, before };
    },
    onError: (error, { task }, context) => {
      if (context) client.setQueryData(context.key, context.before);
      toast({ tone: 'danger', text: text.tasks.failed(task.title, reason(error)) });
    },
    onSettled: () =>
      client.isMutating({ mutationKey: taskKeys.all }) === 1
        ? client.invalidateQueries({ queryKey: taskKeys.all })
        : undefined,
  });
}

function moved(lists: Lists, task: Task, after: Task | null): Lists {
  const items = lists.pages.flatMap((page) => page.items).filter(({ id }) => id !== task.id);
  const place = after === null ? 0 : items.findIndex(({ id }) => id === after.id) + 1;
  items.splice(place, 0, task);
  let start = 0;
  return {
    ...lists,
    pages: lists.pages.map((page) => {
      const end = start + page.items.length;
      const slice = items.slice(start, end);
      start = end;
      return { ...page, items: slice };
    }),
  };
}
