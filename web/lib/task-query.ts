// The shape of a list of tasks: what is asked, what comes back, under which key it is kept.
import type { Task } from '@todo/contracts/task';

/** A page of a list; `nextCursor` is null on the last one. */
export interface TaskPage {
  items: Task[];
  nextCursor: string | null;
  /** By the id of the task; one without subtasks is left out. */
  subtasks?: Record<string, SubtaskCount>;
}

/** How many subtasks a task has. */
export interface SubtaskCount {
  done: number;
  total: number;
}

/** Which tasks a list shows; the names are the API's query parameters. */
export interface TaskFilter {
  status?: 'open' | 'done' | 'all';
  q?: string;
  tag?: string;
  /** In the filter language, which only the backend reads. */
  filter?: string;
  /** Instants, UTC. */
  dueBefore?: string;
  dueAfter?: string;
  parentId?: string;
  listId?: string;
  repeats?: 'true';
  sort?: 'due' | 'created' | 'completed' | 'manual';
}

export const taskKeys = {
  all: ['tasks'] as const,
  list: (filter: TaskFilter) => ['tasks', 'list', filter] as const,
  one: (id: string) => ['tasks', 'one', id] as const,
};

/** What a page of a list asks for beside its filter. */
export const PAGE_QUERY = { include: 'subtasks' } as const;

/** Tasks of a list's first page. */
export const PAGE_SIZE = 50;
/** Most tasks of a page; the backend's limit. */
export const MAX_PAGE = 200;
