// Days and places of the calendar in words.
import type { Place } from '@/lib/calendar/places';
import { timeLabel } from '@/lib/dates';
import type { CalendarText } from '@/text/views';

/** "Tuesday 1 December" in the person's language. */
export function dayWords(date: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    timeZone: 'UTC',
  }).format(new Date(`${date}T12:00:00Z`));
}

/** A day with its time, or the whole of it. */
export function placeWords({ date, time }: Place, locale: string, text: CalendarText): string {
  return `${dayWords(date, locale)}, ${time === null ? text.allDay : timeLabel(time, locale)}`;
}
