// A task for tests: complete and valid, with what a test cares about put in.
import type { TaskChange } from '@todo/contracts/events';
import type { Task } from '@todo/contracts/task';
import { uuidv7 } from '@todo/runtime/uuid';

/** A task with every field. */
export function exampleTask(fields: Partial<Task> = {}): Task {
  return {
    id: uuidv7(),
    version: 1,
    title: 'Water the plants',
    notes: '',
    status: 'open',
    priority: 'none',
    tags: [],
    listId: null,
    parentId: null,
    due: null,
    dueAt: null,
    recurrence: null,
    reminders: [],
    seriesId: null,
    occurrence: 1,
    completedAt: null,
    createdAt: '2027-01-01T00:00:00.000Z',
    updatedAt: '2027-01-01T00:00:00.000Z',
    ...fields,
  };
}

/** The data of an event about a task. */
export function exampleChange(task: Task, fields: Partial<TaskChange> = {}): TaskChange {
  return {
    userId: 'anna',
    taskId: task.id,
    version: task.version,
    actor: { kind: 'user', id: 'anna' },
    at: task.updatedAt,
    task,
    before: null,
    ...fields,
  };
}
