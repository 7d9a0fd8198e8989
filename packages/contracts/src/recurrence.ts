// When a repeating task comes again. docs/recurrence.md says the policies in a line each; this file is their only home.
//
// A rule gives days, the due gives the time of day. Days are generated as plain dates (the library runs in UTC, where every
// day has 24 hours) and only then become instants in the user's zone. So no clock change can shift, double or drop one, and
// "every weekday" means the user's weekday.
//
// What a series remembers is its anchor: the local date (and time) it began with. The 31st, "every second week" and 02:30 are
// counted from the anchor, never from the previous due, so a February or a clock change leaves no trace in later ones.
import { RRuleTemporal } from 'rrule-temporal';
import { Temporal } from 'temporal-polyfill';
import { dueInstant, localDate, localInstant, localTime } from './due.ts';
import type { Due } from './task.ts';
import { isolated, lengthOf, shortened } from './text.ts';

/** Most previewed dues. */
export const MAX_PREVIEW = 100;
/** Largest INTERVAL: a thousand days, weeks, months or years. */
const MAX_INTERVAL = 1_000;
/** Largest COUNT. */
const MAX_COUNT = 10_000;
/** Periods searched for the next day, by frequency: about a century, for DAILY 13 years (a leap day may be 8 away). */
const SEARCHED_PERIODS = { DAILY: 5_000, WEEKLY: 5_200, MONTHLY: 1_200, YEARLY: 100 } as const;
/** No due later than what a four-digit year can say. */
const LAST_DATE = '9999-12-31';

const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;

/** A rule that can't be used; the message says which part and what was expected. */
export class RuleError extends Error {
  override readonly name = 'RuleError';
}

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
  const rule = parseRule(position.rule);
  if (rule.count !== undefined && position.occurrence >= rule.count) return null;
  const { due, from, completedAt } = position;
  const zone = due.kind === 'local' ? due.zone : position.zone;
  const anchor = position.anchor ?? anchorOf(due, zone);
  const dueDay = dayOf(anchorOf(due, zone));
  const doneDay = localDate(completedAt, zone);

  const start = from === 'completion' ? doneDay : dayOf(anchor);
  const time = timeOfDay(due, anchor, zone);
  let after = from === 'completion' ? doneDay : laterOf(dueDay, dayBefore(doneDay));
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

/**
 * The dues that would follow if each occurrence were completed on time, at the instant it is due.
 * @param n how many, at most {@link MAX_PREVIEW}; fewer come when the series ends.
 * @throws RuleError for a rule that {@link checkRule} would refuse.
 */
export function previewDues(position: SeriesPosition, n: number): Due[] {
  const dues: Due[] = [];
  const anchor = position.anchor ?? anchorOf(position.due, position.zone);
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
 * Checks a rule before it is stored.
 * @param anchor where the series begins, if known: then the rule must give at least one day from there on.
 * @throws RuleError saying which part is wrong and what was expected.
 */
export function checkRule(rule: string, anchor?: string): void {
  const parsed = parseRule(rule);
  const start = anchor?.slice(0, 10) ?? '2024-01-01';
  if (nextDay(parsed, start, dayBefore(start)) === null) {
    throw new RuleError('the rule never gives a day: its parts contradict each other');
  }
}

// --- the days of a rule -----------------------------------------------------------------------------------------------

type Frequency = keyof typeof SEARCHED_PERIODS;

interface Rule {
  readonly freq: Frequency;
  readonly interval: number;
  readonly count: number | undefined;
  /** `2027-01-31`, `2027-01-31T09:00:00` or, with Z, an instant. */
  readonly until: string | undefined;
  /** The BY parts and WKST as they go to the library. */
  readonly parts: Readonly<Partial<Record<string, string>>>;
  /** SKIP=OMIT was written: short months are left out. */
  readonly omit: boolean;
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

// --- reading a rule ---------------------------------------------------------------------------------------------------

/** Parts whose value is a list of numbers, with the largest absolute value; 0 is never allowed. */
const NUMBER_LISTS: Readonly<Record<string, { max: number; negative: boolean }>> = {
  BYMONTH: { max: 12, negative: false },
  BYMONTHDAY: { max: 31, negative: true },
  BYYEARDAY: { max: 366, negative: true },
  BYWEEKNO: { max: 53, negative: true },
  BYSETPOS: { max: 366, negative: true },
};

function parseRule(text: string): Rule {
  const given = new Map<string, string>();
  for (const part of text
    .trim()
    .replace(/^RRULE:/i, '')
    .replace(/;$/, '')
    .toUpperCase()
    .split(';')) {
    const [name, value, ...more] = part.split('=');
    if (!name || !value || more.length > 0)
      throw new RuleError(`expected NAME=VALUE, found ${quote(part)}`);
    if (given.has(name)) throw new RuleError(`${name} is given twice`);
    given.set(name, value);
  }
  const freq = frequency(given.get('FREQ'));
  const parts: Record<string, string> = {};
  for (const [name, value] of given) {
    if (name in NUMBER_LISTS) parts[name] = numberList(name, value);
    else if (name === 'BYDAY') parts[name] = weekdays(value, freq, given.has('BYWEEKNO'));
    else if (name === 'WKST') parts[name] = weekday(name, value);
    else if (/^BY(HOUR|MINUTE|SECOND)$/.test(name))
      throw new RuleError(`${name}: the time of day comes from the due, leave it out of the rule`);
    else if (!['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', 'RSCALE', 'SKIP'].includes(name))
      throw new RuleError(`${quote(name)} is not a part of a rule`);
  }
  forbid(freq !== 'YEARLY', given, 'BYWEEKNO', 'FREQ=YEARLY');
  forbid(freq !== 'YEARLY', given, 'BYYEARDAY', 'FREQ=YEARLY');
  forbid(freq === 'WEEKLY', given, 'BYMONTHDAY', 'FREQ=DAILY, MONTHLY or YEARLY');
  if (
    parts['BYSETPOS'] !== undefined &&
    Object.keys(parts).filter((name) => name !== 'WKST').length === 1
  )
    throw new RuleError('BYSETPOS picks from the days of another BY part: add one, such as BYDAY');
  if (given.has('COUNT') && given.has('UNTIL'))
    throw new RuleError('COUNT and UNTIL exclude each other: give one');
  return {
    freq,
    interval: wholeNumber('INTERVAL', given.get('INTERVAL') ?? '1', MAX_INTERVAL),
    count: given.has('COUNT') ? wholeNumber('COUNT', given.get('COUNT'), MAX_COUNT) : undefined,
    until: given.has('UNTIL') ? until(given.get('UNTIL')) : undefined,
    parts,
    omit: skip(given.get('RSCALE'), given.get('SKIP')) === 'OMIT',
  };
}

function frequency(value: string | undefined): Frequency {
  if (value !== undefined && value in SEARCHED_PERIODS) return value as Frequency;
  if (value !== undefined && ['HOURLY', 'MINUTELY', 'SECONDLY'].includes(value))
    throw new RuleError(`FREQ=${value}: a task repeats at most once a day, use FREQ=DAILY`);
  throw new RuleError('FREQ: expected DAILY, WEEKLY, MONTHLY or YEARLY');
}

function forbid(wrong: boolean, given: Map<string, string>, name: string, needs: string): void {
  if (wrong && given.has(name)) throw new RuleError(`${name} needs ${needs}`);
}

function wholeNumber(name: string, value = '', max: number): number {
  if (!/^\d{1,9}$/.test(value) || Number(value) < 1 || Number(value) > max)
    throw new RuleError(`${name}: expected a whole number from 1 to ${max}, found ${quote(value)}`);
  return Number(value);
}

function numberList(name: string, value: string): string {
  const { max, negative } = NUMBER_LISTS[name] ?? { max: 0, negative: false };
  const numbers = value.split(',').map((item) => (/^[+-]?\d{1,3}$/.test(item) ? Number(item) : 0));
  if (numbers.some((n) => n === 0 || Math.abs(n) > max || (n < 0 && !negative))) {
    const reach = negative ? `1 to ${max} or -${max} to -1` : `1 to ${max}`;
    throw new RuleError(`${name}: expected numbers from ${reach}, found ${quote(value)}`);
  }
  return [...new Set(numbers)].join(',');
}

function weekday(name: string, value: string): string {
  if (!WEEKDAYS.includes(value as 'MO'))
    throw new RuleError(`${name}: expected ${WEEKDAYS.join(', ')}, found ${quote(value)}`);
  return value;
}

function weekdays(value: string, freq: Frequency, inWeek: boolean): string {
  const items = value.split(',').map((item) => {
    const [, ordinal, day] = /^([+-]?\d{1,2})?([A-Z]{2})$/.exec(item) ?? [];
    if (day === undefined || (ordinal !== undefined && Math.abs(Number(ordinal)) > 53))
      throw new RuleError(
        `BYDAY: expected days such as MO or, in a month, 2TU or -1FR, found ${quote(item)}`,
      );
    weekday('BYDAY', day);
    if (ordinal === undefined) return day;
    if (Number(ordinal) === 0) throw new RuleError('BYDAY: there is no 0th weekday');
    if ((freq !== 'MONTHLY' && freq !== 'YEARLY') || inWeek)
      throw new RuleError(`BYDAY: ${quote(item)} needs FREQ=MONTHLY or YEARLY, without BYWEEKNO`);
    if (freq === 'MONTHLY' && Math.abs(Number(ordinal)) > 5)
      throw new RuleError(`BYDAY: a month has no ${quote(item)}`);
    return `${Number(ordinal)}${day}`;
  });
  return [...new Set(items)].join(',');
}

function until(value = ''): string {
  const match = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z)?)?$/.exec(value);
  const [, year, month, day, hour, minute, second, utc] = match ?? [];
  const text = `${year ?? ''}-${month ?? ''}-${day ?? ''}${hour ? `T${hour}:${minute ?? ''}:${second ?? ''}${utc ?? ''}` : ''}`;
  try {
    if (!match) throw new RangeError('no match');
    Temporal.PlainDateTime.from(text.replace('Z', ''), { overflow: 'reject' });
    return text;
  } catch {
    throw new RuleError(
      `UNTIL: expected a date such as 20271231 or a time such as 20271231T225959Z, found ${quote(value)}`,
    );
  }
}

function skip(rscale: string | undefined, value: string | undefined): string | undefined {
  if (rscale !== undefined && rscale !== 'GREGORIAN')
    throw new RuleError(`RSCALE: only GREGORIAN is supported, found ${quote(rscale)}`);
  if (value !== undefined && value !== 'OMIT' && value !== 'BACKWARD')
    throw new RuleError(`SKIP: expected OMIT or BACKWARD, found ${quote(value)}`);
  return value;
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

function quote(text: string): string {
  return isolated(JSON.stringify(lengthOf(text) > 40 ? `${shortened(text, 40)}…` : text));
}
