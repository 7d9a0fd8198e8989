// The words of the board, in English.
import { isolated } from '@todo/contracts/text';

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}

export const board = {
  title: 'Board',
  calendar: 'Calendar',
  group: 'Group by',
  by: { list: 'List', priority: 'Priority', tag: 'Tag', day: 'Day' },
  noList: 'No list',
  noTag: 'No tag',
  later: 'Later',
  empty: 'No tasks',
  column: (name: string, tasks: number) => `${isolated(name)}, ${count(tasks, 'task', 'tasks')}`,
  more: (number: number) => `Show ${number} more`,
  tooMany: 'There are more tasks than the board shows. Use a list or the search.',
  move: (title: string) => `Move ${isolated(title)}`,
  moveTo: (column: string) => `Move to “${isolated(column)}”`,
  how: 'Drag to another column, or press Space and the arrow keys',
  lifted: (title: string, column: string) =>
    `Picked up ${isolated(title)} in ${isolated(column)}. Arrow keys choose a column, Enter drops it, Escape cancels.`,
  over: (column: string) => `${isolated(column)}.`,
  dropped: (title: string, column: string) => `Moved ${isolated(title)} to ${isolated(column)}.`,
  cancelled: (title: string) => `Move cancelled. ${isolated(title)} is back in its place.`,
};
