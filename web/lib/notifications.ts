'use client';
// A person's notifications: how many wait, and what can be done about one.
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import type { Task } from '@todo/contracts/task';
import { useToast } from '@/components/ui/toast';
import { call } from './api';
import { useText } from './session';
import { taskKeys } from './task-query';
import { putTask, useReason } from './tasks';

/** A notification on the wire. */
export interface Notification {
  id: string;
  taskId: string | null;
  kind: string;
  text: string;
  late: boolean;
  /** UTC. */
  at: string;
  readAt: string | null;
}

/** Every notification query begins with this. */
export const NOTIFICATIONS = ['notifications'] as const;

/** How many are not read. */
export const unreadOptions = queryOptions({
  queryKey: [...NOTIFICATIONS, 'unread'],
  queryFn: ({ signal }) => call<{ unread: number }>('/notifications/unread', { signal }),
  select: ({ unread }) => unread,
});

/** How long the page puts a reminder off for, minutes. */
export const SNOOZE_MINUTES = 10;

/** What can be done about a reminder. */
export type ReminderAction =
  | { kind: 'done' | 'snooze'; taskId: string }
  | { kind: 'read'; id: string }
  | { kind: 'readTask'; taskId: string }
  | { kind: 'readAll' };

async function run(action: ReminderAction): Promise<Task | undefined> {
  const readTask = (taskId: string) =>
    call<unknown>('/notifications/read', { method: 'POST', body: { taskId } });
  switch (action.kind) {
    case 'done': {
      const task = await call<Task>(`/tasks/${action.taskId}/complete`, { method: 'POST' });
      await readTask(action.taskId);
      return task;
    }
    case 'snooze': {
      const task = await call<Task>(`/tasks/${action.taskId}/snooze`, {
        method: 'POST',
        body: { minutes: SNOOZE_MINUTES },
      });
      await readTask(action.taskId);
      return task;
    }
    case 'readTask':
      await readTask(action.taskId);
      return undefined;
    case 'read':
      await call<unknown>(`/notifications/${action.id}/read`, { method: 'POST' });
      return undefined;
    case 'readAll':
      await call<unknown>('/notifications/read', { method: 'POST', body: {} });
      return undefined;
  }
}

/** Acts on a reminder, and says what came of it. */
export function useReminderAction() {
  const client = useQueryClient();
  const toast = useToast();
  const { notifications: text } = useText();
  const reason = useReason();
  return useMutation({
    networkMode: 'always',
    mutationFn: run,
    onSuccess: (task, { kind }) => {
      if (task) putTask(client, task);
      if (task && kind === 'done') toast({ text: text.completed(task.title) });
      if (task && kind === 'snooze') toast({ text: text.snoozed(task.title, SNOOZE_MINUTES) });
    },
    onError: (error) => {
      toast({ tone: 'danger', text: reason(error) });
    },
    onSettled: () => {
      void client.invalidateQueries({ queryKey: NOTIFICATIONS });
      return client.invalidateQueries({ queryKey: taskKeys.all });
    },
  });
}
