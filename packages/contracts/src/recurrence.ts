// When a repeating task comes again. docs/reference/recurrence.md says the policies in a line each; this file is their only home.
//
// A rule gives days, the due gives the time of day. Days are generated as plain dates (the library runs in UTC, where every
// day has 24 hours) and only then become instants in the user's zone. So no clock change can shift, double or drop one, and
// "every weekday" means the user's weekday.
//
// What a series remembers is its anchor: the local date (and time) it began with. The 31st, "every second week" and 02:30 are
// counted from the anchor, never from the previous due, so a February or a clock change leaves no trace in later ones.
//
// Over 300 lines, because all of them are one algorithm: the days of a rule, and the dues on those days.
import { RRuleTemporal } from 'rrule-temporal';
import { Temporal } from 'temporal-polyfill';
import { dueInstant, localDate, localInstant, localTime, moveDue } from './due.ts';
import { checkParts, parseRule, RuleError, WEEKDAYS } from './recurrence-rule.ts';
import type { Rule } from './recurrence-rule.ts';
import type { Due } from './task.ts';

export { RuleError } from './recurrence-rule.ts';

/** Most previewed dues. */
export const MAX_PREVIEW = 100;
/**
 * Periods searched for the next day, by frequency: 13 years of days (a leap day may be 8 away), 19 years of weeks (WEEKLY picks
 * by month at most), a century of months and years.
 */
const SEARCHED_PERIODS = { DAILY: 5_000, WEEKLY: 1_000, MONTHLY: 1_200, YEARLY: 100 } as const;
/** No due later than what a four-digit year can say. */
const LAST_DATE = '9999-12-31';

/** A task's place in its series. */
export interface SeriesPosition {
  /** RFC 5545 RRULE, with or without `RRULE:`. */
  readonly rule: string;
  /** Counted from the due dates or from the moment of completion. */
  readonly from: 'due' | 'completion';
  /** The current occurrence's due. */
  readonly due: Due;
  /** Local date or time the series began with ({@link anchorOf} its first due); without one, the current due is it. */
  readonly anchor?: string | null | undefined;
  /** The user's IANA zone; a due with a zone of its own is counted in that. */
  readonly zone: string;
  /** How long before the due the rule's start is, ISO 8601; without it the rule gives the dues. */
  readonly lead?: string | undefined;
  /** When the current occurrence was completed. */
  readonly completedAt: Date;
  /** The current occurrence's number, from 1: COUNT ends the series by it. */
  readonly occurrence: number;
}

/**
 * What a series keeps of its first due: `2027-01-31` of a date, `2027-01-31T09:00` of a time.
 * @param zone the user's zone, for a due that is an instant.
 */
export function anchorOf(due: Due, zone: string): string {
  switch (due.kind) {
    case 'date':
      return due.date;
    case 'local':
      return due.local;
    case 'instant':
      return localTime(new Date(due.at), zone).replace(/:00$/, '');
  }
}

/**
 * The due of the occurrence that follows a completed one.
 * @returns a due of the same kind, later than the completion; null when COUNT or UNTIL ends the series or no day is left.
 * @throws RuleError for a rule that {@link checkRule} would refuse.
 */
export function nextDue(position: SeriesPosition): Due | null {
  const { lead, ...counted } = position;
  if (lead !== undefined) return nextAfterStart(counted, lead);
  const read = parseRule(position.rule);
  if (read.count !== undefined && position.occurrence >= read.count) return null;
  const { due, from, completedAt } = position;
  const steps = from === 'completion' && isStepped(read);
  const rule = steps ? { ...read, interval: 1 } : read;
  const zone = due.kind === 'local' ? due.zone : position.zone;
  const anchor = position.anchor ?? anchorOf(due, zone);
  const dueDay = dayOf(anchorOf(due, zone));
  const doneDay = localDate(completedAt, zone);

  const start = from === 'completion' ? doneDay : dayOf(anchor);
  const time = timeOfDay(due, anchor, zone);
  let after = from === 'completion' ? doneDay : laterOf(dueDay, dayBefore(doneDay));
  if (steps) after = dayBefore(afterInterval(read, doneDay));
  for (;;) {
    const day = nextDay(rule, start, after);
    if (day === null) return null;
    const next = dueOn(day, time, due, zone);
    if (endsBefore(rule, next, zone)) return null;
    if (isLaterThanDone(next) && day !== dueDay) return next;
    after = day;
  }

  function isLaterThanDone(next: Due): boolean {
    if (next.kind === 'date') return next.date > doneDay;
    return dueInstant(next, zone) > completedAt;
  }
}

/** The rule counts starts, each `lead` before its due: what is completed is the start, as long before the completion. */
function nextAfterStart(position: Omit<SeriesPosition, 'lead'>, lead: string): Due | null {
  const { due, zone, completedAt } = position;
  const back = `-${lead}`;
  const done = moveDue({ kind: 'instant', at: completedAt.toISOString() }, back, zone);
  const start = nextDue({
    ...position,
    due: moveDue(due, back, zone),
    completedAt: dueInstant(done, zone),
  });
  return start && moveDue(start, lead, zone);
}

/**
 * The dues that would follow if each occurrence were completed on time, at the instant it is due.
 * @param n how many, at most {@link MAX_PREVIEW}; fewer come when the series ends.
 * @throws RuleError for a rule that {@link checkRule} would refuse.
 */
export function previewDues(position: SeriesPosition, n: number): Due[] {
  const dues: Due[] = [];
  const { lead, zone } = position;
  const first = lead === undefined ? position.due : moveDue(position.due, `-${lead}`, zone);
  const anchor = position.anchor ?? anchorOf(first, zone);
  let current: SeriesPosition = { ...position, anchor };
  while (dues.length < Math.min(n, MAX_PREVIEW)) {
    const due = nextDue(current);
    if (due === null) break;
    dues.push(due);
    current = {
      ...current,
      due,
      completedAt: dueInstant(due, position.zone),
      occurrence: current.occurrence + 1,
    };
  }
  return dues;
}

/**
 * Checks a rule before it is stored, in bounded time: it must give at least one day.
 * @param anchor where the series begins, if known.
 * @param from what the series is counted from; from completion, the interval does not tie it to the anchor.
 * @throws RuleError saying which part is wrong and what was expected.
 */
export function checkRule(
  rule: string,
  anchor?: string,
  from: SeriesPosition['from'] = 'due',
): void {
  const read = parseRule(rule);
  checkParts(read);
  const counted = from === 'completion' && isStepped(read) ? { ...read, interval: 1 } : read;
  const start = anchor?.slice(0, 10) ?? '2024-01-01';
  if (nextDay(counted, start, dayBefore(start)) === null)
    throw new RuleError('the rule never gives a day: its parts contradict each other');
}

/**
 * Checks that a rule does not end before the task it is given to.
 * @param zone the user's zone, for a due that is an instant.
 * @throws RuleError naming UNTIL.
 */
export function checkEnd(rule: string, due: Due, zone: string): void {
  const read = parseRule(rule);
  if (!endsBefore(read, due, due.kind === 'local' ? due.zone : zone)) return;
  throw new RuleError(
    `UNTIL=${read.until?.replace(/[-:]/g, '') ?? ''} is before the due, ${anchorOf(due, zone)}: expected the last day of the series`,
  );
}

// --- the days of a rule -----------------------------------------------------------------------------------------------

/** Parts that say which days; without one, the day of the start is meant. */
const DAY_PARTS = ['BYDAY', 'BYMONTHDAY', 'BYYEARDAY', 'BYWEEKNO'];

/**
 * Whether a series from completion steps by its interval first and then goes on to a day of the rule: "every four weeks, on
 * Sunday" is the Sunday after four weeks, not the next one. With an interval of one, the next Sunday is meant.
 */
function isStepped(rule: Rule): boolean {
  return rule.interval > 1 && DAY_PARTS.some((name) => rule.parts[name] !== undefined);
}

/**
 * From where on a day of the rule counts, an interval after a completion: so many days or weeks later; of months and years the
 * whole later one, so that the first Sunday of July is followed by that of October, which is a day short of three months.
 */
function afterInterval({ freq, interval }: Rule, day: string): string {
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
function nextDay(rule: Rule, start: string, after: string): string | null {
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

// --- dues on those days -----------------------------------------------------------------------------------------------

/** The time of day of the series: its anchor's, or the current due's if the anchor is a date. */
function timeOfDay(due: Due, anchor: string, zone: string): string {
  return anchor.split('T')[1] ?? anchorOf(due, zone).split('T')[1] ?? '00:00';
}

function dueOn(day: string, time: string, like: Due, zone: string): Due {
  switch (like.kind) {
    case 'date':
      return { kind: 'date', date: day };
    case 'local':
      return { kind: 'local', local: `${day}T${time.slice(0, 5)}`, zone: like.zone };
    case 'instant':
      return { kind: 'instant', at: localInstant(`${day}T${time}`, zone).toISOString() };
  }
}

function endsBefore(rule: Rule, next: Due, zone: string): boolean {
  const { until } = rule;
  if (until === undefined) return false;
  if (until.endsWith('Z') && next.kind !== 'date') return dueInstant(next, zone) > new Date(until);
  const local = until.endsWith('Z') ? localTime(new Date(until), zone) : until;
  const nextLocal = next.kind === 'date' ? next.date : anchorOf(next, zone);
  // A date ends with its whole day; a time is compared to the second.
  return local.length === 10 || next.kind === 'date'
    ? dayOf(nextLocal) > dayOf(local)
    : Temporal.PlainDateTime.compare(nextLocal, local) > 0;
}

// --- dates as text, which sort as they follow each other --------------------------------------------------------------

function midnight(date: Temporal.PlainDate): Temporal.ZonedDateTime {
  return date.toZonedDateTime('UTC');
}

/** The date of a local date or time. */
function dayOf(local: string): string {
  return local.slice(0, 10);
}

function dayBefore(date: string): string {
  return Temporal.PlainDate.from(date).subtract({ days: 1 }).toString();
}

function laterOf(a: string, b: string): string {
  return a > b ? a : b;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
