'use client';
// All pages of a list, one after the other, for what shows a list at once.
import { useInfiniteQuery } from '@tanstack/react-query';
import type { Task } from '@todo/contracts/task';
import { useEffect, useMemo } from 'react';
import { MAX_PAGE, type TaskFilter } from './task-query';
import { taskListOptions } from './tasks';

/** Requests for one list; beyond, there is more than is shown. */
const MAX_PAGES = 10;

/** See {@link useWholeList}. */
export interface WholeList {
  tasks: Task[];
  /** There are more tasks than these. */
  more: boolean;
  isPending: boolean;
  /** Why nothing is there. */
  error: Error | null;
  retry: () => void;
}

/** Reads a list to its end, or to its two thousandth task. */
export function useWholeList(filter: TaskFilter): WholeList {
  const query = useInfiniteQuery(taskListOptions(filter, MAX_PAGE));
  const { data, hasNextPage, isFetching, fetchNextPage, refetch, error } = query;
  const goesOn = hasNextPage && (data?.pages.length ?? 0) < MAX_PAGES;
  useEffect(() => {
    if (goesOn && !isFetching) void fetchNextPage();
  }, [goesOn, isFetching, fetchNextPage]);
  const tasks = useMemo(() => data?.pages.flatMap(({ items }) => items) ?? [], [data]);
  return {
    tasks,
    more: hasNextPage && !goesOn,
    isPending: query.isPending,
    error: tasks.length === 0 ? error : null,
    retry: () => {
      void refetch();
    },
  };
}
