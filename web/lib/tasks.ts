'use client';
// Reads and changes tasks. A change is shown at once and taken back, visibly, when it is refused.
import {
  infiniteQueryOptions,
  useMutation,
  useQueryClient,
  type InfiniteData,
  type QueryClient,
} from '@tanstack/react-query';
import type { Task } from '@todo/contracts/task';
import { useToast } from '@/components/ui/toast';
import { call, queryString } from './api';
import { ApiError } from './api-error';
import { isKept, sendOrKeep, type Kept } from './send-or-keep';
import type { TaskChange, TaskPatch } from './task-change';
import { usePerson, useText } from './session';
import { reasonOf } from './reason';
import { forgetWaiting } from './waiting';
import {
  MAX_PAGE,
  PAGE_QUERY,
  PAGE_SIZE,
  taskKeys,
  type TaskFilter,
  type TaskPage,
} from './task-query';

/** A list of tasks, page by page. @param first tasks of the first page; those that follow are large */
export function taskListOptions(filter: TaskFilter, first = PAGE_SIZE) {
  return infiniteQueryOptions({
    queryKey: taskKeys.list(filter),
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      call<TaskPage>(
        `/tasks${queryString({ ...filter, ...PAGE_QUERY, limit: pageParam === null ? first : MAX_PAGE, cursor: pageParam })}`,
        {
          signal,
        },
      ),
    getNextPageParam: (page) => page.nextCursor,
  });
}

/** The pages of a list as the browser holds them. */
export type Lists = InfiniteData<TaskPage, string | null>;

function mapLists(client: QueryClient, map: (items: Task[]) => Task[]): void {
  client.setQueriesData<Lists>({ queryKey: ['tasks', 'list'] }, (lists) =>
    lists === undefined
      ? undefined
      : { ...lists, pages: lists.pages.map((page) => ({ ...page, items: map(page.items) })) },
  );
}

/** Shows a newer version of a task wherever the task is shown. */
export function putTask(client: QueryClient, task: Task): void {
  mapLists(client, (items) =>
    items.map((item) => (item.id === task.id && item.version <= task.version ? task : item)),
  );
  client.setQueryData<Task>(taskKeys.one(task.id), (known) =>
    known === undefined || known.version > task.version ? known : task,
  );
}

/** Takes a task out of every list. */
export function removeTask(client: QueryClient, id: string): void {
  mapLists(client, (items) => items.filter((item) => item.id !== id));
  // An open one stays as it is: something may be typed into it.
  client.removeQueries({ queryKey: taskKeys.one(id), type: 'inactive' });
}

/**
 * Stops the reads on their way: they know nothing of the change that is about to be shown. A stopped query goes back to what
 * it held before this returns, so there is nothing to wait for; not going back would leave it failed.
 */
export function stopReading(client: QueryClient): void {
  void client.cancelQueries({ queryKey: taskKeys.all });
}

/** Shows what a change will lead to, before it returns. @returns takes it back */
export function showAtOnce(client: QueryClient, change: TaskChange): () => void {
  stopReading(client);
  const before = client.getQueriesData<Lists>({ queryKey: ['tasks', 'list'] });
  show(client, change);
  return () => {
    for (const [key, data] of before) client.setQueryData(key, data);
  };
}

function show(client: QueryClient, change: TaskChange): void {
  const { task } = change;
  switch (change.kind) {
    case 'patch': {
      // New reminders get their ids from the backend, so they are shown when it has answered.
      putTask(client, { ...task, ...change.patch, reminders: task.reminders });
      break;
    }
    case 'complete':
      putTask(client, { ...task, status: 'done', completedAt: new Date().toISOString() });
      break;
    case 'reopen':
      putTask(client, { ...task, status: 'open', completedAt: null });
      break;
    case 'delete':
      removeTask(client, task.id);
      break;
    case 'restore':
      break;
  }
}

/** A task as the lists on the page have it by now: what chose it may have been open while an earlier change was answered. */
export function newestOf(client: QueryClient, task: Task): Task {
  return client
    .getQueriesData<Lists>({ queryKey: ['tasks', 'list'] })
    .flatMap(([, lists]) => lists?.pages.flatMap((page) => page.items) ?? [])
    .reduce(
      (newest, one) => (one.id === task.id && one.version > newest.version ? one : newest),
      task,
    );
}

/** Whether a change takes another one back. */
function isUndo(change: TaskChange): boolean {
  return change.kind === 'patch' && change.undoes === true;
}

/**
 * The change that takes a patch back.
 * @param saved the task as the patch left it. A later version that has the same in its fields is gone on from.
 */
export function undoChange(
  client: QueryClient,
  saved: Task,
  { task, patch }: { task: Task; patch: TaskPatch },
): TaskChange {
  const fields = Object.keys(patch) as (keyof TaskPatch)[];
  const before = (field: keyof TaskPatch) => (field === 'scope' ? patch.scope : task[field]);
  const as = (one: Task) =>
    JSON.stringify(fields.map((field) => (field === 'scope' ? null : one[field])));
  const newest = newestOf(client, saved);
  return {
    kind: 'patch',
    task: as(newest) === as(saved) ? newest : saved,
    patch: Object.fromEntries(fields.map((field) => [field, before(field)])),
    undoes: true,
  };
}

/** Why a change failed, in words for the person. */
export function useReason(): (error: unknown) => string {
  const text = useText();
  return (error) => reasonOf(error, text);
}

/** Says that a change waits on the device, and takes it back on request. */
export function useSayKept(): (kept: Kept, title: string) => void {
  const client = useQueryClient();
  const toast = useToast();
  const text = useText();
  return ({ waiting }, title) => {
    toast({
      text: text.tasks.waits(title),
      action: {
        label: text.undo,
        again: waiting.change.kind === 'task' && isUndo(waiting.change.change),
        run: () => {
          forgetWaiting(waiting);
          void client.invalidateQueries({ queryKey: taskKeys.all });
        },
      },
    });
  };
}

/**
 * Changes a task: shown at once, undone on the screen with a reason when the backend refuses. Where nobody answers, the change
 * waits on the device.
 */
export function useChangeTask() {
  const client = useQueryClient();
  const toast = useToast();
  const text = useText();
  const reason = useReason();
  const sayKept = useSayKept();
  const { id: personId } = usePerson();
  const mutation = useMutation({
    mutationKey: taskKeys.all,
    mutationFn: (change: TaskChange) => sendOrKeep(personId, change),
    onMutate: (change: TaskChange) => ({ takeBack: showAtOnce(client, change) }),
    onError: (error, change, context) => {
      context?.takeBack();
      const { title } = change.task;
      toast({
        tone: 'danger',
        text:
          error instanceof ApiError && (error.status === 412 || error.status === 409)
            ? text.tasks.conflict(title)
            : text.tasks.failed(title, reason(error)),
      });
    },
    onSuccess: (saved, change) => {
      if (isKept(saved)) {
        sayKept(saved, change.task.title);
        return;
      }
      if (saved) putTask(client, saved);
      const again = (kind: 'restore' | 'reopen') => () => {
        mutation.mutate({ kind, task: saved ?? change.task });
      };
      const title = saved?.title ?? change.task.title;
      switch (change.kind) {
        case 'complete':
          toast({
            text: text.tasks.completed(title),
            action: { label: text.undo, run: again('reopen') },
          });
          break;
        case 'delete':
          toast({
            text: text.tasks.deleted(title),
            action: { label: text.undo, run: again('restore') },
          });
          break;
        case 'reopen':
          toast({ text: text.tasks.reopened(title, saved?.nextOccurrence) });
          break;
        case 'restore':
          toast({ text: text.tasks.restored(title) });
          break;
        case 'patch':
          toast({
            text: text.tasks.saved(title),
            ...(saved && {
              action: {
                label: text.undo,
                again: isUndo(change),
                run: () => {
                  mutation.mutate(undoChange(client, saved, change));
                },
              },
            }),
          });
          break;
      }
    },
    onSettled: () => {
      if (client.isMutating({ mutationKey: taskKeys.all }) === 1) {
        return client.invalidateQueries({ queryKey: taskKeys.all });
      }
      return undefined;
    },
  });
  return mutation;
}
