'use client';
// A week as seven days of hours. Every day is drawn on a wall clock of 24 hours; a day of another length says so.
import { useEffect, useRef, useState } from 'react';
import { dayLength, minutesOf, placeInDay, timeOf, type DayLength } from '@/lib/calendar/days';
import type { Occurrence } from '@/lib/calendar/occurrences';
import type { Entry } from '@/lib/calendar/use-calendar';
import { cn } from '@/lib/class-names';
import { localTime, timeLabel, weekday } from '@/lib/dates';
import { weekdayName } from '@/lib/recurrence';
import { usePerson } from '@/lib/session';
import { calendarTextFor } from '@/text/views';
import type { CalendarProps } from './calendar-props';
import { dropArea, useMoving } from './moving';
import { dayWords } from './place-words';
import { OccurrenceChip, TaskChip } from './task-chip';

const DAY_MINUTES = 24 * 60;
/** A task has no length: it is drawn as high as a line of text, in minutes. */
const DRAWN_MINUTES = 30;
/** The hour at the top when the page opens. */
const FIRST_HOUR = 7;
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
/** How often the line of the present moves, in ms. */
const NOW_MS = 30_000;

type Drawn = { minute: number } & ({ entry: Entry } | { occurrence: Occurrence });

export function WeekGrid(props: CalendarProps) {
  const { days } = props;
  const { locale } = usePerson();
  const text = calendarTextFor(locale);
  const scroller = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const box = scroller.current;
    if (box) box.scrollTop = (box.scrollHeight / HOURS.length) * FIRST_HOUR;
  }, []);
  return (
    <div
      ref={scroller}
      role="region"
      aria-label={text.week}
      tabIndex={0}
      className="relative grid max-h-[calc(100dvh-11rem)] min-h-96 scroll-py-28 grid-cols-[3.5rem_repeat(7,minmax(0,1fr))] grid-rows-[auto_auto_auto] overflow-y-auto rounded-lg border bg-panel"
    >
      <div className="sticky top-0 z-20 col-start-1 row-start-1 border-b bg-panel" />
      <div className="sticky top-13 z-20 col-start-1 row-start-2 border-b bg-panel p-1 text-end text-xs text-muted">
        {text.allDay}
      </div>
      <div
        aria-hidden
        className="relative col-start-1 row-start-3 h-288 text-end text-xs text-muted"
      >
        {HOURS.slice(1).map((hour) => (
          <span
            key={hour}
            className="absolute right-1 -translate-y-1/2"
            style={{ top: `${(hour / HOURS.length) * 100}%` }}
          >
            {timeLabel(timeOf(hour * 60), locale)}
          </span>
        ))}
      </div>
      {days.map((day) => (
        <WeekDay key={day} day={day} {...props} />
      ))}
    </div>
  );
}

function WeekDay({ day, calendar, today, waiting, onOpen }: CalendarProps & { day: string }) {
  const { locale, zone } = usePerson();
  const { moving } = useMoving();
  const entries = calendar.entries.get(day) ?? [];
  const occurrences = calendar.occurrences.get(day) ?? [];
  const timed: Drawn[] = [
    ...entries.map((entry) => ({ entry, minute: minuteOf(entry) })),
    ...occurrences.map((occurrence) => ({ occurrence, minute: minuteOf(occurrence) })),
  ].filter(({ minute }) => minute >= 0);
  const length = dayLength(day, zone);
  const here = moving?.place.date === day ? moving.place : null;
  return (
    <section
      aria-label={dayWords(day, locale)}
      className="row-span-3 row-start-1 grid min-w-0 grid-rows-subgrid border-s"
    >
      <DayHeading day={day} today={today} length={length} />
      <ul
        {...dropArea('whole', day)}
        className={cn(
          'sticky top-13 z-10 grid max-h-32 min-h-8 content-start gap-0.5 overflow-y-auto border-b p-0.5',
          here?.time === null
            ? 'bg-accent-soft outline-2 -outline-offset-2 outline-accent'
            : 'bg-panel',
        )}
      >
        {entries
          .filter(({ place }) => place.time === null)
          .map((entry) => (
            <TaskChip
              key={entry.task.id}
              entry={entry}
              waiting={waiting.has(entry.task.id)}
              onOpen={onOpen}
            />
          ))}
        {occurrences
          .filter(({ place }) => place.time === null)
          .map((occurrence) => (
            <OccurrenceChip key={occurrence.task.id} occurrence={occurrence} onOpen={onOpen} />
          ))}
      </ul>
      <div className="relative h-288" {...dropArea('hours', day)}>
        <div aria-hidden>
          {HOURS.slice(1).map((hour) => (
            <div
              key={hour}
              className="absolute inset-x-0 border-t"
              style={{ top: `${(hour / HOURS.length) * 100}%` }}
            />
          ))}
        </div>
        <ClockChange length={length} />
        {here === null || here.time === null ? null : (
          <div
            ref={moving?.by === 'keys' ? scrollHere : undefined}
            key={here.time}
            aria-hidden
            className="absolute inset-x-0.5 z-10 h-6 scroll-my-32 rounded-sm border-2 border-dashed border-accent bg-accent-soft px-1 text-xs leading-5 text-accent-text"
            style={{ top: share(minutesOf(here.time)) }}
          >
            {timeLabel(here.time, locale)}
          </div>
        )}
        <ul>
          {placeInDay(timed, DRAWN_MINUTES).map(({ item, minute, column, columns }) => {
            const style = {
              top: share(Math.min(minute, DAY_MINUTES - DRAWN_MINUTES)),
              left: `${(column / columns) * 100}%`,
              width: `calc(${100 / columns}% - 2px)`,
            };
            return 'entry' in item ? (
              <TaskChip
                key={item.entry.task.id}
                entry={item.entry}
                waiting={waiting.has(item.entry.task.id)}
                onOpen={onOpen}
                narrow={columns > 1}
                className="absolute"
                style={style}
              />
            ) : (
              <OccurrenceChip
                key={`${item.occurrence.task.id} ${minute}`}
                occurrence={item.occurrence}
                onOpen={onOpen}
                narrow={columns > 1}
                className="absolute"
                style={style}
              />
            );
          })}
        </ul>
        {day === today ? <NowLine zone={zone} /> : null}
      </div>
    </section>
  );
}

/** The place that a task is moved to by keys is seen. */
function scrollHere(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: 'nearest' });
}

function minuteOf({ place }: Entry | Occurrence): number {
  return place.time === null ? -1 : minutesOf(place.time);
}

function share(minute: number): string {
  return `${(minute / DAY_MINUTES) * 100}%`;
}

function DayHeading({ day, today, length }: { day: string; today: string; length: DayLength }) {
  const { locale } = usePerson();
  const text = calendarTextFor(locale);
  return (
    <h3
      className={cn(
        'sticky top-0 z-20 flex h-13 flex-col justify-center border-b bg-panel px-2 text-xs',
        day === today ? 'text-accent-text' : 'text-muted',
      )}
    >
      <span aria-current={day === today ? 'date' : undefined}>
        {weekdayName(weekday(day), locale, 'short')}{' '}
        <span className="text-base font-semibold tabular-nums">{Number(day.slice(8))}</span>
      </span>
      {length.hours === 24 ? null : (
        <span title={text.hoursHint} className="truncate text-warn-text">
          {text.hours(length.hours)}
        </span>
      )}
    </h3>
  );
}

/** What the clock skips or shows twice. */
function ClockChange({ length: { skipped, twice } }: { length: DayLength }) {
  const { locale } = usePerson();
  const text = calendarTextFor(locale);
  return [
    { part: skipped, words: text.skipped },
    { part: twice, words: text.twice },
  ].map(({ part, words }, index) => {
    if (part === null) return null;
    const [from, to] = [part.from, part.to].map((minute) => timeLabel(timeOf(minute), locale));
    const said = words(from ?? '', to ?? '');
    return (
      <p
        key={index}
        title={said}
        className="absolute inset-x-0 overflow-hidden bg-warn-soft px-1 text-xs text-warn-text"
        style={{ top: share(part.from), height: share(part.to - part.from) }}
      >
        {said}
      </p>
    );
  });
}

function NowLine({ zone }: { zone: string }) {
  const [minute, setMinute] = useState(() => minutesOf(localTime(new Date(), zone)));
  useEffect(() => {
    const timer = setInterval(() => {
      setMinute(minutesOf(localTime(new Date(), zone)));
    }, NOW_MS);
    return () => {
      clearInterval(timer);
    };
  }, [zone]);
  return (
    <div
      aria-hidden
      className="pointer-events-none absolute inset-x-0 border-t-2 border-danger"
      style={{ top: share(minute) }}
    />
  );
}
