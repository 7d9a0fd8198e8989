'use client';
// Saves an edit from the version it began with. A refusal is an answer to act on, not the end of what was typed.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Task } from '@todo/contracts/task';
import { useToast } from '@/components/ui/toast';
import { call } from './api';
import { ApiError } from './api-error';
import { isKept, sendOrKeep } from './send-or-keep';
import { usePerson, useText } from './session';
import { taskKeys } from './task-query';
import { putTask, showAtOnce, undoChange, useChangeTask, useReason, useSayKept } from './tasks';
import type { TaskChange, TaskPatch } from './task-change';

/** What became of an edit. */
export type SaveOutcome =
  | { kind: 'saved'; task: Task }
  /** Nobody answered: it is kept on the device, and sent later. */
  | { kind: 'waiting' }
  /** Somebody changed the task meanwhile (412); nothing was stored. */
  | { kind: 'changed'; task: Task }
  /** The task is not there any more. */
  | { kind: 'gone' }
  | { kind: 'failed'; reason: string };

/**
 * Saves a patch of a task as it was when the edit began (`from`).
 * @returns an outcome, never a rejection
 */
export function useSaveEdit(): (from: Task, patch: TaskPatch) => Promise<SaveOutcome> {
  const client = useQueryClient();
  const toast = useToast();
  const text = useText();
  const reason = useReason();
  const change = useChangeTask();
  const sayKept = useSayKept();
  const { id } = usePerson();
  const { mutateAsync } = useMutation({
    mutationKey: taskKeys.all,
    mutationFn: ({ from, patch }: { from: Task; patch: TaskPatch }) =>
      sendOrKeep(id, { kind: 'patch', task: from, patch }),
    onSettled: () => {
      // Not waited for: after a 401 the page leaves, and what was typed must be kept by then.
      if (client.isMutating({ mutationKey: taskKeys.all }) === 1)
        void client.invalidateQueries({ queryKey: taskKeys.all });
    },
  });
  return async (from, patch) => {
    try {
      const saved = await mutateAsync({ from, patch });
      if (saved === undefined) return { kind: 'gone' };
      if (isKept(saved)) {
        showAtOnce(client, { kind: 'patch', task: from, patch });
        sayKept(saved, from.title);
        return { kind: 'waiting' };
      }
      putTask(client, saved);
      toast({
        text: text.tasks.saved(saved.title),
        action: {
          label: text.undo,
          run: () => {
            change.mutate(undoChange(client, saved, { task: from, patch }));
          },
        },
      });
      return { kind: 'saved', task: saved };
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return { kind: 'gone' };
      if (!(error instanceof ApiError) || error.status !== 412)
        return { kind: 'failed', reason: reason(error) };
    }
    try {
      const task = await call<Task>(`/tasks/${from.id}`);
      putTask(client, task);
      return { kind: 'changed', task };
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return { kind: 'gone' };
      return { kind: 'failed', reason: reason(error) };
    }
  };
}

/** Shows what a change will lead to, before it is sent. @returns a call that makes one, which returns what takes it back */
export function useShowAtOnce(): (change: TaskChange) => () => void {
  const client = useQueryClient();
  return (change) => showAtOnce(client, change);
}
