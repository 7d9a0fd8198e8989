'use client';
// Adds tasks.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Task } from '@todo/contracts/task';
import type { Draft } from '@/components/tasks/quick-add-draft';
import { useToast } from '@/components/ui/toast';
import { call } from './api';
import { randomKey } from './random-ids';
import { isKept, type Kept } from './send-or-keep';
import { usePerson, useText } from './session';
import { taskKeys } from './task-query';
import { useReason } from './tasks';
import type { NewTask } from './task-change';
import { isUnanswered, keepWaiting } from './waiting';

/** A new task to send. */
interface Addition {
  task: NewTask;
  key: string;
  /** As it was typed; without it, it can be discarded later, not edited. */
  draft?: Draft;
}

/** Adds a task; the same submission sent twice makes one task. Where nobody answers, it waits on the device. */
export function useAddTask() {
  const { id: personId } = usePerson();
  const client = useQueryClient();
  const toast = useToast();
  const text = useText();
  const reason = useReason();
  return useMutation({
    mutationKey: taskKeys.all,
    mutationFn: async ({ task, key, draft }: Addition): Promise<Task | Kept> => {
      try {
        return await call<Task>('/tasks', { method: 'POST', body: task, idempotencyKey: key });
      } catch (error) {
        if (!isUnanswered(error)) throw error;
        const change = { kind: 'add' as const, task, ...(draft && { draft }) };
        return { waiting: keepWaiting(personId, change, 'waiting', key) };
      }
    },
    onSuccess: (added, { task: { title } }) => {
      toast({ text: isKept(added) ? text.tasks.waits(title) : text.tasks.added(added.title) });
    },
    onError: (error, { task }) => {
      toast({ tone: 'danger', text: text.tasks.addFailed(task.title, reason(error)) });
    },
    onSettled: () => {
      void client.invalidateQueries({ queryKey: taskKeys.all }); // not waited for: a failed line goes back at once
    },
  });
}

/** A key for one submission of the add form. */
export const newSubmissionKey = randomKey;
