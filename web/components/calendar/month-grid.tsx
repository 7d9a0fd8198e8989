'use client';
// A month as a grid of days.
import { useEffect, useState, type KeyboardEvent } from 'react';
import { cn } from '@/lib/class-names';
import { addDays, weekday } from '@/lib/dates';
import { weekdayName } from '@/lib/recurrence';
import { usePerson } from '@/lib/session';
import { calendarTextFor } from '@/text/views';
import type { CalendarProps } from './calendar-props';
import { dropArea, useMoving } from './moving';
import { dayWords } from './place-words';
import { OccurrenceChip, TaskChip } from './task-chip';

/** Tasks that a day shows before it says how many more there are. */
const SHOWN = 4;

const STEPS: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  ArrowUp: -7,
  ArrowDown: 7,
};

export function MonthGrid(props: CalendarProps) {
  const { days, shown } = props;
  const { locale } = usePerson();
  const [cursor, setCursor] = useState(shown.date);
  const at = days.includes(cursor) ? cursor : shown.date;
  useEffect(() => {
    // The last week of a month is below the screen at first.
    document.querySelector(`[data-date="${shown.date}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [shown.date]);
  const press = (event: KeyboardEvent) => {
    const by = STEPS[event.key];
    const date = (event.target as HTMLElement).dataset['dayButton'];
    if (by === undefined || date === undefined) return;
    event.preventDefault();
    const mirrored =
      getComputedStyle(event.currentTarget).direction === 'rtl' && Math.abs(by) === 1;
    const next = addDays(date, mirrored ? -by : by);
    if (!days.includes(next)) return;
    setCursor(next);
    document.querySelector<HTMLElement>(`[data-day-button="${next}"]`)?.focus();
  };
  return (
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions -- arrow keys go from one day's button to the next
    <div className="overflow-hidden rounded-lg border bg-panel" onKeyDown={press}>
      <div aria-hidden className="grid grid-cols-7 border-b text-xs text-muted">
        {days.slice(0, 7).map((day) => (
          <div key={day} className="px-2 py-1.5">
            {weekdayName(weekday(day), locale, 'short')}
          </div>
        ))}
      </div>
      <div className="-mb-px grid grid-cols-7">
        {days.map((day) => (
          <MonthDay key={day} day={day} reached={day === at} {...props} />
        ))}
      </div>
    </div>
  );
}

function MonthDay({
  day,
  reached,
  calendar,
  shown,
  today,
  waiting,
  show,
  onOpen,
}: CalendarProps & { day: string; reached: boolean }) {
  const { locale } = usePerson();
  const text = calendarTextFor(locale);
  const { moving } = useMoving();
  const entries = calendar.entries.get(day) ?? [];
  const occurrences = calendar.occurrences.get(day) ?? [];
  const total = entries.length + occurrences.length;
  // "1 more" would take the place of the one.
  const room = total > SHOWN ? SHOWN - 1 : SHOWN;
  const openWeek = () => {
    show({ ...shown, span: 'week', date: day });
  };
  return (
    <section
      {...dropArea('day', day)}
      aria-label={dayWords(day, locale)}
      className={cn(
        'min-h-32 min-w-0 scroll-my-20 border-e border-b p-1 nth-[7n]:border-e-0',
        moving?.place.date === day
          ? 'bg-accent-soft outline-2 -outline-offset-2 outline-accent'
          : day.slice(0, 7) !== shown.date.slice(0, 7) && 'bg-page',
      )}
    >
      <button
        type="button"
        data-day-button={day}
        tabIndex={reached ? 0 : -1}
        aria-current={day === today ? 'date' : undefined}
        aria-label={text.openDay(dayWords(day, locale), total)}
        onClick={openWeek}
        className={cn(
          'mb-1 flex h-6 min-w-6 items-center justify-center rounded-full px-1 text-xs tabular-nums',
          day === today ? 'bg-accent font-semibold text-accent-ink' : 'text-muted hover:bg-ink/8',
        )}
      >
        {Number(day.slice(8))}
      </button>
      {total === 0 ? null : (
        <ul className="grid gap-0.5">
          {entries.slice(0, room).map((entry) => (
            <TaskChip
              key={entry.task.id}
              entry={entry}
              waiting={waiting.has(entry.task.id)}
              onOpen={onOpen}
            />
          ))}
          {occurrences.slice(0, Math.max(0, room - entries.length)).map((occurrence) => (
            <OccurrenceChip
              key={`${occurrence.task.id} ${occurrence.place.time ?? ''}`}
              occurrence={occurrence}
              onOpen={onOpen}
            />
          ))}
        </ul>
      )}
      {total > room ? (
        <button
          type="button"
          onClick={openWeek}
          className="mt-0.5 h-6 rounded-sm px-1 text-xs text-accent-text underline-offset-4 hover:underline"
        >
          {text.more(total - room)}
        </button>
      ) : null}
    </section>
  );
}
