// Sends a change of a task to the backend.
import type { Task } from '@todo/contracts/task';
import { call } from './api';
import type { ChangedTask, TaskChange } from './task-change';

/** Sends a change as it is; {@link useChangeTask} also shows it. */
export function send(change: TaskChange): Promise<ChangedTask | undefined> {
  const { id, version } = change.task;
  switch (change.kind) {
    case 'patch':
      return call<Task>(`/tasks/${id}`, { method: 'PATCH', version, body: change.patch });
    case 'delete':
      return call<undefined>(`/tasks/${id}`, { method: 'DELETE' });
    case 'complete':
    case 'reopen':
    case 'restore':
      return call<ChangedTask>(`/tasks/${id}/${change.kind}`, { method: 'POST' });
  }
}
