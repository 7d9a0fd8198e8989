// What the parts that draw a page's tasks are given: all of the tasks at once, only those near the screen, or in the person's order.
import type { Task } from '@todo/contracts/task';
import type { ReactNode } from 'react';
import type { TaskFilter } from '@/lib/task-query';
import type { Group } from '@/lib/views';
import type { RowProps } from './task-row';

/** What reads the pages of a list. */
export interface More {
  hasNextPage: boolean;
  isFetching: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
}

/** What draws the tasks of a page, all of them or those near the screen. */
export interface ListProps {
  /** Of the list, to find its place again. */
  name: string;
  groups: Group[];
  filter: TaskFilter;
  /** The words above a group; null where there are none to see. */
  heading: (group: Group) => string | null;
  /** What can be done with a whole group, beside these words. */
  aside: (group: Group) => ReactNode;
  rowProps: (task: Task) => RowProps;
  /** In the person's own order. */
  ordered: boolean;
  /** What reads its pages, if it has more than one. */
  more: More | null;
}
