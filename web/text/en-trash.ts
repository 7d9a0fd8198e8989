// The words of the trash, and of a task that is in it.
import { isolated } from '@todo/contracts/text';

const tasks = (number: number): string => `${number} ${number === 1 ? 'task' : 'tasks'}`;

export const trash = {
  title: 'Trash',
  hint: 'Deleted tasks stay here for 30 days. Then they are erased.',
  list: 'Deleted tasks',
  empty: 'The trash is empty',
  emptyHint: 'Deleted tasks appear here. You can restore them for 30 days.',
  failed: 'Could not load the trash',
  deleted: (when: string) => `Deleted ${when}`,
  left: (days: number) => `${days} ${days === 1 ? 'day' : 'days'} left`,
  lastDay: 'Erased today',
  withSubtasks: (number: number) => `with ${number} ${number === 1 ? 'subtask' : 'subtasks'}`,
  restore: 'Restore',
  restoreOf: (title: string) => `Restore ${isolated(title)}`,
  erase: 'Delete for good',
  eraseOf: (title: string) => `Delete ${isolated(title)} for good`,
  eraseTitle: (title: string) => `Delete “${isolated(title)}” for good?`,
  eraseHint: 'Nobody can bring it back.',
  erased: (title: string) => `Deleted “${isolated(title)}” for good.`,
  emptyNow: 'Empty trash',
  emptyTitle: 'Empty the trash?',
  emptyWarning: 'All deleted tasks are erased. Nobody can bring them back.',
  emptied: (number: number) => `Erased ${tasks(number)}.`,
  eraseFailed: (reason: string) => `Could not delete for good: ${reason}`,
  inTrash: 'This task is in the trash',
  inTrashHint: (title: string, when: string) => `“${isolated(title)}” was deleted ${when}.`,
  toTrash: 'Open the trash',
};
