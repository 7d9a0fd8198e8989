'use client';
// A week or a month of tasks. Loaded with its page.
import type { Task } from '@todo/contracts/task';
import { usePathname, useSearchParams } from 'next/navigation';
import { useMemo, useState } from 'react';
import { calendarPath, daysOf, firstWeekday, shownOf, type Shown } from '@/lib/calendar/days';
import { useCalendar } from '@/lib/calendar/use-calendar';
import { usePerson, useText } from '@/lib/session';
import { useOpenTask } from '@/lib/task-address';
import { useMedia } from '@/lib/use-media';
import { useToday } from '@/lib/use-today';
import { useWaiting, waitingTasks } from '@/lib/waiting';
import { calendarTextFor } from '@/text/views';
import { loadedLater } from '../loaded-later';
import { ErrorState } from '../tasks/error-state';
import { CalendarBar } from './calendar-bar';
import type { CalendarProps } from './calendar-props';
import { DayList } from './day-list';
import { LateTasks } from './late-tasks';
import { MonthGrid } from './month-grid';
import { MonthSheet } from './month-sheet';
import { MoveArea } from './move-area';
import { WeekGrid } from './week-grid';

const OpenedTask = loadedLater(() => import('../tasks/opened-task'));

/** Narrower, a grid of seven days can't be read: lists of days instead, whose rows have a menu. */
const GRID_FROM = '(min-width: 640px)';

export default function Calendar({ today: initial }: { today: string }) {
  const person = usePerson();
  const text = calendarTextFor(person.locale);
  const app = useText();
  const today = useToday(initial);
  const [shown, show] = useShown(today);
  const grid = useMedia(GRID_FROM);
  const first = firstWeekday(person.locale);
  const { span, date, done } = shown;
  const days = useMemo(() => daysOf({ span, date }, first), [span, date, first]);
  const calendar = useCalendar(days, done, today, person);
  const waiting = waitingTasks(useWaiting(person.id));
  const opened = useOpenTask();
  const open = ({ id }: Task) => {
    opened.open(id);
  };
  const props: CalendarProps = { calendar, days, shown, today, waiting, show, onOpen: open };
  return (
    <>
      <CalendarBar shown={shown} days={days} today={today} show={show} />
      {calendar.state === 'error' && calendar.error ? (
        <ErrorState error={calendar.error} onRetry={calendar.retry} />
      ) : null}
      {calendar.more ? (
        <p className="mb-3 rounded-md bg-warn-soft px-3 py-2 text-sm text-warn-text">
          {text.tooMany}
        </p>
      ) : null}
      <p role="status" className="sr-only">
        {calendar.state === 'pending' ? app.loading : ''}
      </p>
      {grid ? (
        <MoveArea {...props}>
          <LateTasks {...props} />
          {span === 'month' ? <MonthGrid {...props} /> : <WeekGrid {...props} />}
        </MoveArea>
      ) : span === 'month' ? (
        <MonthSheet {...props} />
      ) : (
        <DayList {...props} />
      )}
      {opened.id === null ? null : (
        <OpenedTask
          key={opened.id}
          id={opened.id}
          known={calendar.tasks.find(({ id }) => id === opened.id)}
          today={today}
          onClose={opened.close}
        />
      )}
    </>
  );
}

/** What the address says, and how to change it. A task that is opened takes the address for as long, and the calendar stays. */
function useShown(today: string): [Shown, (next: Shown) => void] {
  const path = usePathname();
  const search = useSearchParams();
  const [kept, keep] = useState(() => shownOf(new URLSearchParams(search), today));
  const shown = path === '/calendar' ? shownOf(new URLSearchParams(search), today) : kept;
  if (calendarPath(shown) !== calendarPath(kept)) keep(shown);
  return [
    shown,
    (next) => {
      window.history.pushState(null, '', calendarPath(next));
    },
  ];
}
