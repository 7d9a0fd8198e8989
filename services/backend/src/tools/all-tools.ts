// Every tool, in the order in which they are shown.
import { addTask, addTasks } from './add-tasks.ts';
import {
  completeTask,
  completeTasks,
  deleteTask,
  deleteTasks,
  reopenTask,
  restoreTask,
  skipOccurrence,
  snoozeTask,
  updateTask,
  updateTasks,
} from './change-tasks.ts';
import { deleteFilter, listFilters, saveFilter } from './filters.ts';
import { getTask, listTasks, searchTasks } from './find-tasks.ts';
import { addList, deleteList, listLists, renameList } from './lists.ts';
import { nextOccurrences } from './next-occurrences.ts';
import type { AnyTool } from './tool.ts';
import { listTrash } from './trash.ts';

/** Every tool. */
export const TOOLS: readonly AnyTool[] = [
  addTask,
  addTasks,
  listTasks,
  searchTasks,
  getTask,
  updateTask,
  completeTask,
  snoozeTask,
  skipOccurrence,
  reopenTask,
  deleteTask,
  restoreTask,
  listTrash,
  updateTasks,
  completeTasks,
  deleteTasks,
  nextOccurrences,
  listLists,
  addList,
  renameList,
  deleteList,
  listFilters,
  saveFilter,
  deleteFilter,
];
