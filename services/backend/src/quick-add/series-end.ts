// How a series ends ("10 times", "for 2 weeks", "until 31 December") or begins ("starting 3 June"). An end that was said and
// can't be read takes the whole repetition with it: a series that should stop must not go on for ever.
import { addMonths } from './calendar.ts';
import { findDates } from './date-phrase.ts';
import { endOf, WORD_START } from './form.ts';
import type { Language } from './language.ts';
import { addDays } from './local-now.ts';
import type { ParseContext } from './local-now.ts';
import type { Range } from './source-text.ts';

/** How a series ends. */
export type SeriesEnd = Range &
  (
    | { readonly kind: 'count'; readonly count: number }
    | { readonly kind: 'until'; readonly date: string }
    /** So many days or months from its first day on. */
    | { readonly kind: 'length'; readonly n: number; readonly unit: 'day' | 'month' }
    /** Said and not understood. */
    | { readonly kind: 'unread' }
  );

/** The end that a text names; undefined when it names none. */
export function findEnd(
  text: string,
  context: ParseContext,
  language: Language,
): SeriesEnd | undefined {
  for (const { index: at } of text.matchAll(WORD_START)) {
    language.count.lastIndex = at;
    const times = language.count.exec(text);
    const count = language.number(times?.groups?.['n'] ?? '');
    if (times && count >= 1) return { start: at, end: at + times[0].length, kind: 'count', count };
    language.duration.lastIndex = at;
    const length = language.duration.exec(text);
    const unit = language.unit(length?.groups?.['unit'] ?? '');
    const n = language.number(length?.groups?.['n'] ?? '') * (unit?.size ?? 1);
    if (length && unit && n >= 1 && n < 10_000)
      return { start: at, end: at + length[0].length, kind: 'length', n, unit: unit.unit };
    const afterWord = endOf(language.untilWord, text, at);
    if (afterWord <= at) continue;
    const [date] = findDates(text.slice(afterWord), context, language);
    // "at 6pm until 9pm" is a range of the day, no end
    if (date?.start === 0 && date.when.date === undefined && date.when.time !== undefined) continue;
    return date?.start === 0 && date.when.date !== undefined && !date.keepInTitle
      ? // "until 4 july at 9": the time is the task's
        { start: at, end: afterWord + date.dayEnd, kind: 'until', date: date.when.date }
      : { start: at, end: afterWord, kind: 'unread' };
  }
  return undefined;
}

/** True when a text begins with "starting" and no date follows. */
export function startsUnread(text: string, context: ParseContext, language: Language): boolean {
  const at = /^\s*/.exec(text)?.[0].length ?? 0;
  const afterWord = endOf(language.startWord, text, at);
  if (afterWord <= at) return false;
  const [date] = findDates(text.slice(at), context, language);
  return date?.start !== 0;
}

/** The end as a part of the rule. @param first the first due's local date */
export function endOfRule(end: SeriesEnd, first: string): string {
  switch (end.kind) {
    case 'count':
      return `;COUNT=${end.count}`;
    case 'until':
      return `;UNTIL=${end.date.replaceAll('-', '')}`;
    case 'length': {
      const last = addDays(
        end.unit === 'day' ? addDays(first, end.n) : addMonths(first, end.n),
        -1,
      );
      return `;UNTIL=${last.replaceAll('-', '')}`;
    }
    case 'unread':
      return '';
  }
}
