'use client';
// Late tasks of days that the calendar does not show, where they can be taken from.
import Link from 'next/link';
import { placeOf } from '@/lib/calendar/places';
import { usePerson } from '@/lib/session';
import { calendarTextFor } from '@/text/views';
import type { CalendarProps } from './calendar-props';
import { TaskChip } from './task-chip';

const SHOWN = 8;

export function LateTasks({ calendar, days, today, waiting, onOpen }: CalendarProps) {
  const { zone, locale } = usePerson();
  const text = calendarTextFor(locale);
  const { late } = calendar;
  if (late.length === 0 || (days.at(-1) ?? today) < today) return null;
  return (
    <section aria-labelledby="calendar-late" className="mb-3">
      <h3 id="calendar-late" className="mb-1 text-sm font-semibold text-danger-text">
        {text.late} <span className="font-normal">{late.length}</span>
      </h3>
      <ul className="grid grid-cols-[repeat(auto-fill,minmax(11rem,1fr))] gap-1">
        {late.slice(0, SHOWN).map((task) => {
          const place = placeOf(task, zone);
          return place === null ? null : (
            <TaskChip
              key={task.id}
              entry={{ task, place: { ...place, time: null } }}
              waiting={waiting.has(task.id)}
              onOpen={onOpen}
            />
          );
        })}
        {late.length > SHOWN ? (
          <li className="flex h-6 items-center px-1 text-xs">
            <Link href="/" className="text-accent-text underline-offset-4 hover:underline">
              {text.more(late.length - SHOWN)}
            </Link>
          </li>
        ) : null}
      </ul>
    </section>
  );
}
