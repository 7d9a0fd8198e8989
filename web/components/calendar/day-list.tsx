'use client';
// The days of a week one below the other, for a narrow window. Tasks are the rows of the lists, with their menu.
import { Repeat } from 'lucide-react';
import { dayLength } from '@/lib/calendar/days';
import { dayLabel, timeLabel } from '@/lib/dates';
import { usePerson, useText } from '@/lib/session';
import { calendarTextFor } from '@/text/views';
import { TaskRow } from '../tasks/task-row';
import type { CalendarProps } from './calendar-props';

export function DayList(props: CalendarProps) {
  return (
    <>
      <LateRows {...props} />
      {props.days.map((day) => (
        <DayRows key={day} day={day} {...props} />
      ))}
    </>
  );
}

/** Late tasks of days that are not shown. */
export function LateRows({ calendar, days, today, waiting, onOpen }: CalendarProps) {
  const text = calendarTextFor(usePerson().locale);
  const { late } = calendar;
  if (late.length === 0 || (days.at(-1) ?? today) < today) return null;
  return (
    <section aria-labelledby="calendar-late" className="mt-4">
      <h3 id="calendar-late" className="mb-1 px-1 text-sm font-semibold text-danger-text">
        {text.late}
      </h3>
      <ul className="divide-y overflow-hidden rounded-lg border bg-panel">
        {late.map((task) => (
          <TaskRow
            key={task.id}
            task={task}
            today={today}
            showDate
            waiting={waiting.has(task.id)}
            onOpen={onOpen}
          />
        ))}
      </ul>
    </section>
  );
}

/** One day. */
export function DayRows({
  day,
  calendar,
  today,
  waiting,
  onOpen,
}: CalendarProps & { day: string }) {
  const { locale, zone } = usePerson();
  const app = useText();
  const text = calendarTextFor(locale);
  const entries = calendar.entries.get(day) ?? [];
  const occurrences = calendar.occurrences.get(day) ?? [];
  const { hours } = dayLength(day, zone);
  return (
    <section aria-labelledby={`day-${day}`} className="mt-4">
      <h3 id={`day-${day}`} className="mb-1 px-1 text-sm font-semibold text-muted">
        {dayLabel(day, today, locale, app.tasks)}
        {hours === 24 ? null : (
          <span className="ms-2 font-normal text-warn-text">{text.hours(hours)}</span>
        )}
      </h3>
      {entries.length + occurrences.length === 0 ? (
        <p className="px-1 text-sm text-muted">{text.empty}</p>
      ) : (
        <ul className="divide-y overflow-hidden rounded-lg border bg-panel">
          {entries.map(({ task }) => (
            <TaskRow
              key={task.id}
              task={task}
              today={today}
              showDate={false}
              waiting={waiting.has(task.id)}
              onOpen={onOpen}
            />
          ))}
          {occurrences.map(({ task, place }) => (
            <li key={`${task.id} ${place.time ?? ''}`}>
              <button
                type="button"
                title={text.occurrenceHint}
                aria-label={[
                  ...(place.time === null ? [] : [timeLabel(place.time, locale)]),
                  text.occurrence(task.title),
                ].join(' ')}
                onClick={() => {
                  onOpen(task);
                }}
                className="flex min-h-11 w-full items-center gap-3 px-4 py-2 text-start text-sm text-muted italic"
              >
                <Repeat aria-hidden className="size-4 shrink-0" />
                <bdi className="min-w-0 flex-1">{task.title}</bdi>
                {place.time === null ? null : (
                  <span className="tabular-nums">{timeLabel(place.time, locale)}</span>
                )}
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
