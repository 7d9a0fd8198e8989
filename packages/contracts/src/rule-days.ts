// The days of a recurrence rule, as plain dates: the library runs in UTC, where every day has 24 hours. Dates are text here, which
// sorts as they follow each other.
import { RRuleTemporal } from 'rrule-temporal';
import { Temporal } from 'temporal-polyfill';
import { WEEKDAYS } from './recurrence-rule.ts';
import type { Rule } from './recurrence-rule.ts';

/**
 * Periods searched for the next day, by frequency: 13 years of days (a leap day may be 8 away), 19 years of weeks (WEEKLY picks
 * by month at most), a century of months and years.
 */
const SEARCHED_PERIODS = { DAILY: 5_000, WEEKLY: 1_000, MONTHLY: 1_200, YEARLY: 100 } as const;

/** No due later than what a four-digit year can say. */
const LAST_DATE = '9999-12-31';

/** Parts that say which days; without one, the day of the start is meant. */
const DAY_PARTS = ['BYDAY', 'BYMONTHDAY', 'BYYEARDAY', 'BYWEEKNO'];

/**
 * Whether a series from completion steps by its interval first and then goes on to a day of the rule: "every four weeks, on
 * Sunday" is the Sunday after four weeks, not the next one. With an interval of one, the next Sunday is meant.
 */
export function isStepped(rule: Rule): boolean {
  return rule.interval > 1 && DAY_PARTS.some((name) => rule.parts[name] !== undefined);
}

/**
 * From where on a day of the rule counts, an interval after a completion: so many days or weeks later; of months and years the
 * whole later one, so that the first Sunday of July is followed by that of October, which is a day short of three months.
 */
export function afterInterval({ freq, interval }: Rule, day: string): string {
  const done = Temporal.PlainDate.from(day);
  switch (freq) {
    case 'DAILY':
      return done.add({ days: interval }).toString();
    case 'WEEKLY':
      return done.add({ weeks: interval }).toString();
    case 'MONTHLY':
      return done.with({ day: 1 }).add({ months: interval }).toString();
    case 'YEARLY':
      return done.with({ day: 1, month: 1 }).add({ years: interval }).toString();
  }
}

/** The first day of a rule that is later than `after` and not before `start`; null when there is none within reach. */
export function nextDay(rule: Rule, start: string, after: string): string | null {
  const days = alternatives(rule, Temporal.PlainDate.from(start))
    .map((parts) => firstDay(rule, parts, start, laterOf(after, dayBefore(start))))
    .filter((day) => day !== null);
  const first = days.sort()[0];
  return first !== undefined && first <= LAST_DATE ? first : null;
}

function firstDay(rule: Rule, parts: Rule['parts'], start: string, after: string): string | null {
  const text = [
    `FREQ=${rule.freq}`,
    `INTERVAL=${rule.interval}`,
    ...Object.entries(parts).map(([name, value]) => `${name}=${value ?? ''}`),
  ].join(';');
  const generator = new RRuleTemporal({
    rruleString: `RRULE:${text}`,
    dtstart: midnight(rebase(rule, start, after)),
    maxIterations: SEARCHED_PERIODS[rule.freq],
    maxCandidateEvaluations: 200_000,
    cache: false,
  });
  try {
    const found = generator.next(midnight(Temporal.PlainDate.from(after)), false);
    return found === null ? null : dayOf(found.toString());
  } catch (error) {
    // Bounded work: the library gives up after so many periods, or leaves the calendar.
    if (error instanceof Error && /exceeded|out-of-bounds|range/i.test(error.message)) return null;
    throw error;
  }
}

/** The begin of the last period of the rule's grid that is not after `after`: the search starts there, not decades earlier. */
function rebase(rule: Rule, start: string, after: string): Temporal.PlainDate {
  const begin = Temporal.PlainDate.from(start);
  const goal = Temporal.PlainDate.from(laterOf(after, start));
  const { interval } = rule;
  switch (rule.freq) {
    case 'DAILY': {
      const days = begin.until(goal, { largestUnit: 'days' }).days;
      return begin.add({ days: days - (days % interval) });
    }
    case 'WEEKLY': {
      const first = WEEKDAYS.indexOf((rule.parts['WKST'] ?? 'MO') as 'MO') + 1;
      const week = begin.subtract({ days: (begin.dayOfWeek - first + 7) % 7 });
      const weeks = Math.floor(week.until(goal, { largestUnit: 'days' }).days / 7);
      return week.add({ weeks: weeks - (weeks % interval) });
    }
    case 'MONTHLY': {
      const months = (goal.year - begin.year) * 12 + goal.month - begin.month;
      return begin.with({ day: 1 }).add({ months: months - (months % interval) });
    }
    case 'YEARLY': {
      const years = goal.year - begin.year;
      return begin.with({ month: 1, day: 1 }).add({ years: years - (years % interval) });
    }
  }
}

/**
 * A rule with what it leaves to its start written out, as one or more rules whose days together are its days. More than one
 * where a day of the month is missing in some months: "the last one of 28, 29, 30, 31" is a rule of its own.
 */
function alternatives(rule: Rule, start: Temporal.PlainDate): Rule['parts'][] {
  const { freq } = rule;
  const parts = { ...rule.parts };
  const picksDay = ['BYDAY', 'BYMONTHDAY', 'BYYEARDAY'].some((name) => parts[name] !== undefined);
  if (!picksDay) {
    if (freq === 'WEEKLY' || (freq === 'YEARLY' && parts['BYWEEKNO'] !== undefined)) {
      parts['BYDAY'] = WEEKDAYS[start.dayOfWeek - 1] ?? 'MO';
    } else if (freq === 'MONTHLY' || freq === 'YEARLY') {
      parts['BYMONTHDAY'] = String(start.day);
      if (freq === 'YEARLY') parts['BYMONTH'] ??= String(start.month);
    }
  }
  const days = parts['BYMONTHDAY']?.split(',').map(Number) ?? [];
  const plain = ['BYDAY', 'BYSETPOS', 'BYYEARDAY', 'BYWEEKNO'].every(
    (name) => parts[name] === undefined,
  );
  const late = days.filter((day) => day > 28);
  if (rule.omit || !plain || late.length === 0 || (freq !== 'MONTHLY' && freq !== 'YEARLY')) {
    return [parts];
  }
  const rules = late.flatMap((day) => {
    const clamped = { ...parts, BYMONTHDAY: range(28, day).join(','), BYSETPOS: '-1' };
    if (freq === 'MONTHLY') return [clamped];
    // BYSETPOS picks one of the whole period, so a yearly rule needs one rule a month.
    const months = parts['BYMONTH']?.split(',') ?? range(1, 12).map(String);
    return months.map((month) => ({ ...clamped, BYMONTH: month }));
  });
  const early = days.filter((day) => day <= 28);
  return early.length > 0 ? [{ ...parts, BYMONTHDAY: early.join(',') }, ...rules] : rules;
}

function midnight(date: Temporal.PlainDate): Temporal.ZonedDateTime {
  return date.toZonedDateTime('UTC');
}

/** The date of a local date or time. */
export function dayOf(local: string): string {
  return local.slice(0, 10);
}

/** The date before a date. */
export function dayBefore(date: string): string {
  return Temporal.PlainDate.from(date).subtract({ days: 1 }).toString();
}

/** The later of two dates. */
export function laterOf(a: string, b: string): string {
  return a > b ? a : b;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
