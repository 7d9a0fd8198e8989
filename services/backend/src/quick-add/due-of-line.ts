// Which of the dates of a line is its due, and the first due of one that repeats.
import { localInstant } from '@todo/contracts/due';
import { nextDue } from '@todo/contracts/recurrence';
import type { Due, Recurrence } from '@todo/contracts/task';
import type { DatePhrase } from './date-phrase.ts';
import { AT_END } from './form.ts';
import type { PartOfDay } from './language.ts';
import { addDays, today } from './local-now.ts';
import type { ParseContext } from './local-now.ts';
import { timeOf } from './said-time.ts';
import { combine, toDue } from './when.ts';
import type { When } from './when.ts';

/** Of several phrases the one at the end of the text, else at its begin, else the first; a date and a time complete each other. */
export function chooseDue(
  rest: string,
  dates: readonly DatePhrase[],
): { when: When | undefined; used: readonly DatePhrase[] } {
  const score = (date: DatePhrase): number =>
    AT_END.test(rest.slice(date.end)) ? 2 : rest.slice(0, date.start).trim() === '' ? 1 : 0;
  const ordered = [...dates].sort((a, b) => score(b) - score(a) || a.start - b.start);
  const main = ordered[0];
  if (!main) return { when: undefined, used: [] };
  for (const other of ordered.slice(1)) {
    const both = combine(main.when, other.when);
    if (both) return { when: both, used: [main, other] };
  }
  return { when: main.when, used: [main] };
}

/** When a line is due, with the part of the day its rule names: "every evening", "every saturday morning". */
export function timeFor(when: When | undefined, part: PartOfDay | undefined): When | undefined {
  if (!part) return when;
  if (when?.instant || (when?.time !== undefined && !when.clock)) return when;
  return { ...when, time: when?.clock ? timeOf(when.clock, part).time : part.time };
}

/**
 * The due of a task that repeats: its words, or the first day its rule gives from today on. "Every 2 weeks on tuesday" begins
 * on the next Tuesday, "every 3 days at 8am" at the next eight o'clock: the first day is looked for in every week (day, month);
 * only what follows it is further apart.
 */
export function firstDue(
  when: When | undefined,
  recurrence: Recurrence,
  context: ParseContext,
): Due | null {
  if (when?.instant) return toDue(when, context);
  const time = when?.time;
  const start = when?.date ?? today(context);
  const seed = addDays(start, -1);
  const zone = when?.zone ?? context.zone;
  const due: Due =
    time === undefined
      ? { kind: 'date', date: seed }
      : { kind: 'local', local: `${seed}T${time}`, zone };
  return nextDue({
    rule: recurrence.rule.replace(/;INTERVAL=\d+/, ''),
    from: 'due',
    due,
    anchor: time === undefined ? start : `${start}T${time}`,
    zone: context.zone,
    // a date may be today; a time must be ahead
    completedAt:
      time === undefined ? localInstant(`${seed}T12:00`, context.zone) : laterStart(start, context),
    occurrence: 0,
  });
}

function laterStart(start: string, context: ParseContext): Date {
  const dayBefore = localInstant(`${addDays(start, -1)}T12:00`, context.zone);
  return dayBefore > context.now ? dayBefore : context.now;
}
