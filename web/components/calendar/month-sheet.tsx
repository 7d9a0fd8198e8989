'use client';
// A month for a narrow window: how much is due on each day, and the tasks of the chosen one below.
import { cn } from '@/lib/class-names';
import { weekday } from '@/lib/dates';
import { weekdayName } from '@/lib/recurrence';
import { usePerson } from '@/lib/session';
import { calendarTextFor } from '@/text/views';
import type { CalendarProps } from './calendar-props';
import { DayRows, LateRows } from './day-list';
import { dayWords } from './place-words';

/** More than this many dots say no more. */
const DOTS = 3;

export function MonthSheet(props: CalendarProps) {
  const { calendar, days, shown, today, show } = props;
  const { locale } = usePerson();
  const text = calendarTextFor(locale);
  return (
    <>
      <div className="rounded-lg border bg-panel p-1">
        <div aria-hidden className="grid grid-cols-7 text-center text-xs text-muted">
          {days.slice(0, 7).map((day) => (
            <div key={day} className="py-1">
              {weekdayName(weekday(day), locale, 'short')}
            </div>
          ))}
        </div>
        <div className="grid grid-cols-7">
          {days.map((day) => {
            const due = calendar.entries.get(day)?.length ?? 0;
            const total = due + (calendar.occurrences.get(day)?.length ?? 0);
            return (
              <button
                key={day}
                type="button"
                aria-pressed={day === shown.date}
                aria-current={day === today ? 'date' : undefined}
                aria-label={text.openDay(dayWords(day, locale), total)}
                onClick={() => {
                  show({ ...shown, date: day });
                }}
                className={cn(
                  'flex h-11 flex-col items-center justify-center gap-1 rounded-md text-sm tabular-nums',
                  day === today && 'font-bold',
                  day === shown.date && 'bg-accent-soft',
                  day === shown.date || day === today
                    ? 'text-accent-text'
                    : day.slice(0, 7) !== shown.date.slice(0, 7) && 'text-muted',
                )}
              >
                {Number(day.slice(8))}
                <span aria-hidden className="flex h-1.5 gap-0.5">
                  {Array.from({ length: Math.min(total, DOTS) }, (_, index) => (
                    <span
                      key={index}
                      className={cn(
                        'size-1.5 rounded-full',
                        index < due ? 'bg-accent' : 'border border-field',
                      )}
                    />
                  ))}
                </span>
              </button>
            );
          })}
        </div>
      </div>
      <DayRows day={shown.date} {...props} />
      <LateRows {...props} />
    </>
  );
}
