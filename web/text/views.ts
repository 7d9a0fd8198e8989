// The words of the calendar, the board and long lists, in the person's language; apart from the others, because they are loaded
// later.
import { textOf } from './catalogue';
import { views as en } from './en-views';

/** Every text of the calendar. */
export type CalendarText = typeof en.calendar;

/** The texts of the calendar for a locale; English where the language is not there. */
export function calendarTextFor(locale: string): CalendarText {
  return textOf(locale, 'views', en).calendar;
}

/** The texts of the board for a locale; English where the language is not there. */
export function boardTextFor(locale: string): typeof en.board {
  return textOf(locale, 'views', en).board;
}

/** The texts of long lists for a locale; English where the language is not there. */
export function longListTextFor(locale: string): typeof en.longList {
  return textOf(locale, 'views', en).longList;
}
