// Which days a question about what was done means: "yesterday", "last week", "on monday". Unlike a due, they lie behind.
import { addDays, today, weekdayOf } from '../../quick-add/local-now.ts';
import type { ParseContext } from '../../quick-add/local-now.ts';
import type { TimeSpan } from './time-span.ts';

const WEEKDAYS = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ');
const PAST =
  /\b(?:(?:for|in|during|on|over|so far)\s+)?(today|this morning|yesterday|(?:this|last|past|previous) (?:week|month)|(?:last\s+)?(?:sun|mon|tues|wednes|thurs|fri|satur)day)\b/i;

/** The days behind that words name; undefined when they name none. */
export function readPastSpan(words: string, context: ParseContext): TimeSpan | undefined {
  const match = PAST.exec(words);
  const name = match?.[1]?.toLowerCase();
  if (!match || name === undefined) return undefined;
  const rest = `${words.slice(0, match.index)} ${words.slice(match.index + match[0].length)}`;
  return { ...daysOf(name, today(context)), label: name, rest: rest.replace(/\s+/g, ' ').trim() };
}

function daysOf(name: string, now: string): { from: string; to: string } {
  if (name === 'today' || name === 'this morning') return { from: now, to: now };
  if (name === 'yesterday') return { from: addDays(now, -1), to: addDays(now, -1) };
  const monday = addDays(now, 1 - (weekdayOf(now) || 7));
  if (name === 'this week') return { from: monday, to: now };
  if (name.endsWith('week')) return { from: addDays(monday, -7), to: addDays(monday, -1) };
  const first = `${now.slice(0, 7)}-01`;
  if (name === 'this month') return { from: first, to: now };
  const before = addDays(first, -1);
  if (name.endsWith('month')) return { from: `${before.slice(0, 7)}-01`, to: before };
  const weekday = WEEKDAYS.indexOf(name.replace(/^last\s+/, ''));
  const back = (weekdayOf(now) - weekday + 7) % 7;
  const day = addDays(now, -(back === 0 && name.startsWith('last') ? 7 : back));
  return { from: day, to: day };
}
