// The words of the calendar, in English.
import { isolated } from '@todo/contracts/text';

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}

export const calendar = {
  title: 'Calendar',
  week: 'Week',
  month: 'Month',
  view: 'View',
  board: 'Board',
  today: 'Today',
  before: { week: 'Previous week', month: 'Previous month' },
  after: { week: 'Next week', month: 'Next month' },
  done: 'Show done tasks',
  late: 'Overdue',
  allDay: 'All day',
  empty: 'Nothing due',
  more: (number: number) => `${number} more`,
  openDay: (day: string, tasks: number) => `${day}, ${count(tasks, 'task', 'tasks')}`,
  tooMany: 'There are more tasks than the calendar shows. Use a list or the search.',
  occurrence: (title: string) => `${isolated(title)}, coming occurrence`,
  occurrenceHint: 'A coming occurrence. It becomes a task when the one before it is done.',
  isLate: 'overdue',
  how: 'Drag to move, or press Space and the arrow keys',
  hours: (hours: number) => `${hours} hours`,
  hoursHint: 'The clock changes on this day.',
  skipped: (from: string, to: string) => `The clock skips from ${from} to ${to}.`,
  twice: (from: string, to: string) => `From ${from} to ${to} comes twice. The first one counts.`,
  now: 'Now',
  move: {
    title: (title: string) => `Move “${isolated(title)}”`,
    keys: 'Arrow keys move the task. Enter drops it, Escape cancels.',
    date: 'Date',
    time: 'Time',
    drop: 'Move here',
    onlyThis: 'Only this occurrence moves.',
    lifted: (title: string, place: string) => `Picked up ${isolated(title)}. ${place}.`,
    over: (place: string) => `${place}.`,
    dropped: (title: string, place: string) => `Moved ${isolated(title)} to ${place}.`,
    cancelled: (title: string) => `Move cancelled. ${isolated(title)} is back in its place.`,
  },
};
