'use client';
// The tasks that the command palette finds.
import { queryOptions, useQuery } from '@tanstack/react-query';
import { Square } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useDeferredValue } from 'react';
import { call, queryString } from '@/lib/api';
import { usePerson } from '@/lib/session';
import { taskPath } from '@/lib/task-address';
import { taskKeys, type TaskPage } from '@/lib/task-query';
import { keyboardTextFor } from '@/text/keyboard';
import type { CommandGroup } from './command';

/** Tasks that are offered. */
const SHOWN_TASKS = 8;

/** The tasks that have what is typed. */
export function useFoundTasks(typed: string): CommandGroup[] {
  const text = keyboardTextFor(usePerson().locale);
  const router = useRouter();
  const q = useDeferredValue(typed.trim());
  const tasks =
    useQuery({
      ...queryOptions({
        queryKey: [...taskKeys.all, 'palette', q],
        queryFn: ({ signal }) =>
          call<TaskPage>(`/tasks${queryString({ q, status: 'open', limit: SHOWN_TASKS })}`, {
            signal,
          }),
        placeholderData: (before) => before,
      }),
      enabled: q !== '',
    }).data?.items ?? [];
  if (q === '' || tasks.length === 0) return [];
  return [
    {
      name: text.groups.tasks,
      commands: tasks.map(({ id, title }) => ({
        id,
        label: title,
        icon: Square,
        run: () => {
          router.push(taskPath(id));
        },
      })),
    },
  ];
}
