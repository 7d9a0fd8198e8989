// The words of the calendar, in the person's language; apart from the others, because they are loaded later.
import { calendar as en } from './en-calendar';

/** Every text of that part. */
export type CalendarText = typeof en;

const languages: Record<string, CalendarText> = { en };

/** The texts for a locale; English where the language is not there yet. */
export function calendarTextFor(locale: string): CalendarText {
  return languages[locale.split('-')[0] ?? 'en'] ?? en;
}
