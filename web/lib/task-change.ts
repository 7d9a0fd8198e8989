// A change of a task, as it is made, kept on the device and sent.
import type { Due, Recurrence, Task } from '@todo/contracts/task';

/** What a new task is made of. */
export interface NewTask {
  title: string;
  notes?: string;
  priority?: Task['priority'];
  tags?: string[];
  due?: Due | null;
  recurrence?: Recurrence | null;
  reminders?: ({ at: string } | { before: string })[];
  parentId?: string | null;
  listId?: string | null;
}

/** What can be changed of a task; `scope`: of this occurrence of a repeating task alone. */
export type TaskPatch = Partial<NewTask> & { scope?: 'this' };

/** A task after a change; `nextOccurrence`: what reopening it did to the next one of its series. */
export type ChangedTask = Task & { nextOccurrence?: 'removed' | 'kept' };

/** A change as a mutation's input. */
export type TaskChange =
  | { kind: 'patch'; task: Task; patch: TaskPatch; undoes?: true }
  | { kind: 'complete' | 'reopen' | 'delete' | 'restore'; task: Task };
