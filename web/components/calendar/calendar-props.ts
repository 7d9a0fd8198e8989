// What every part of the calendar is given.
import type { Task } from '@todo/contracts/task';
import type { Shown } from '@/lib/calendar/days';
import type { Calendar } from '@/lib/calendar/use-calendar';

/** See above. */
export interface CalendarProps {
  calendar: Calendar;
  /** The local dates on the screen. */
  days: string[];
  shown: Shown;
  today: string;
  /** Ids of the tasks with changes that wait on this device. */
  waiting: ReadonlySet<string>;
  /** Shows something else. */
  show: (next: Shown) => void;
  onOpen: (task: Task) => void;
}
