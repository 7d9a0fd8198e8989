// Reading an RRULE (RFC 5545, section 3.3.10; SKIP of RFC 7529): which parts there are, what they may say, and what they can
// never mean together. recurrence.ts makes days of it.
import { Temporal } from 'temporal-polyfill';
import { isolated, lengthOf, shortened } from './text.ts';

/** Largest INTERVAL: a thousand days, weeks, months or years. */
const MAX_INTERVAL = 1_000;
/** Largest COUNT. */
const MAX_COUNT = 10_000;

const FREQUENCIES: readonly Frequency[] = ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'];
/** Days of each month in the year that has most. */
const LONGEST_MONTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/** January first. */
export const MONTH_NAMES = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
/** Days as RRULE names them, Monday first. */
export const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;

/** A rule that can't be used; the message says which part and what was expected. */
export class RuleError extends Error {
  override readonly name = 'RuleError';
}

/** How often a task can repeat. */
export type Frequency = 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY';

/** A rule that was read: its parts are of the right form and go together. */
export interface Rule {
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

/** Parts whose value is a list of numbers, with the largest absolute value; 0 is never allowed. */
const NUMBER_LISTS: Readonly<Record<string, { max: number; negative: boolean }>> = {
  BYMONTH: { max: 12, negative: false },
  BYMONTHDAY: { max: 31, negative: true },
  BYYEARDAY: { max: 366, negative: true },
  BYWEEKNO: { max: 53, negative: true },
  BYSETPOS: { max: 366, negative: true },
};

/** Reads an RRULE, its parts in any order and case, with or without `RRULE:`. @throws RuleError naming the part */
export function parseRule(text: string): Rule {
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
      throw new RuleError(
        `${name}: leave the time of day out of the rule: it comes from the due date`,
      );
    else if (!['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', 'RSCALE', 'SKIP'].includes(name))
      throw new RuleError(`${quote(name)} is not part of a recurrence rule`);
  }
  forbid(freq !== 'YEARLY', given, 'BYWEEKNO', 'FREQ=YEARLY');
  forbid(freq !== 'YEARLY', given, 'BYYEARDAY', 'FREQ=YEARLY');
  forbid(freq === 'WEEKLY', given, 'BYMONTHDAY', 'FREQ=DAILY, MONTHLY or YEARLY');
  if (
    parts['BYSETPOS'] !== undefined &&
    Object.keys(parts).filter((name) => name !== 'WKST').length === 1
  )
    throw new RuleError('BYSETPOS needs another BY part to select from: add one, such as BYDAY');
  if (given.has('COUNT') && given.has('UNTIL'))
    throw new RuleError('give either COUNT or UNTIL, not both');
  const interval = wholeNumber('INTERVAL', given.get('INTERVAL') ?? '1', MAX_INTERVAL);
  const omit = skip(given.get('RSCALE'), given.get('SKIP')) === 'OMIT';
  // "29 February, on a Monday" is 28 years apart: the same days by the month are found without walking through each
  const byMonth =
    freq === 'DAILY' &&
    interval === 1 &&
    parts['BYSETPOS'] === undefined &&
    parts['BYMONTHDAY'] !== undefined;
  return {
    freq: byMonth ? 'MONTHLY' : freq,
    interval,
    count: given.has('COUNT') ? wholeNumber('COUNT', given.get('COUNT'), MAX_COUNT) : undefined,
    until: given.has('UNTIL') ? until(given.get('UNTIL')) : undefined,
    parts,
    omit: byMonth || omit,
  };
}

function frequency(value: string | undefined): Frequency {
  if (FREQUENCIES.includes(value as Frequency)) return value as Frequency;
  if (value !== undefined && ['HOURLY', 'MINUTELY', 'SECONDLY'].includes(value))
    throw new RuleError(`FREQ=${value}: a task repeats at most once a day: use FREQ=DAILY`);
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
    if (Number(ordinal) === 0)
      throw new RuleError('BYDAY: 0 is not a valid position: count from 1 or from -1');
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

// --- what never comes -------------------------------------------------------------------------------------------------

/**
 * Refuses what no calendar has, whatever the start: days of the month and places (BYSETPOS) that never come.
 * @throws RuleError saying why.
 */
export function checkParts(rule: Rule): void {
  checkMonthDays(rule);
  checkSetPositions(rule);
}

/** Refuses days of the month that none of the rule's months has in any year. */
function checkMonthDays({ parts }: Rule): void {
  const days = parts['BYMONTHDAY']?.split(',').map(Number);
  const months = parts['BYMONTH']?.split(',').map(Number);
  if (!days || !months) return;
  const longest = Math.max(...months.map((month) => LONGEST_MONTHS[month - 1] ?? 31));
  if (days.some((day) => Math.abs(day) <= longest)) return;
  const names = months.map((month) => MONTH_NAMES[month - 1] ?? '').join(', ');
  throw new RuleError(
    `the rule never matches a day: ${names} ${months.length === 1 ? 'has' : 'have'} no day ${days.join(', ')}`,
  );
}

/** Refuses places (BYSETPOS) that are beyond the days a period of the rule can have. */
function checkSetPositions({ freq, parts }: Rule): void {
  const places = parts['BYSETPOS']?.split(',').map(Number);
  if (!places) return;
  const most = mostDays(freq, parts);
  if (places.some((place) => Math.abs(place) <= most)) return;
  const period = { DAILY: 'day', WEEKLY: 'week', MONTHLY: 'month', YEARLY: 'year' }[freq];
  throw new RuleError(
    `the rule never matches a day: BYSETPOS=${places.join(',')}, but its other parts name at most ${most} in a ${period}`,
  );
}

/** The most days that a period of a rule can have: an upper bound, by each part on its own. */
function mostDays(freq: Frequency, parts: Rule['parts']): number {
  if (freq === 'DAILY') return 1;
  const count = (name: string): number | undefined => parts[name]?.split(',').length;
  const months = freq === 'MONTHLY' ? 1 : (count('BYMONTH') ?? 12);
  const weekdays = parts['BYDAY']?.split(',') ?? [];
  const plain = weekdays.filter((day) => day.length === 2).length;
  const ofMonth = 4 * plain + Math.min(plain, 3) + (weekdays.length - plain);
  const bounds = [
    freq === 'WEEKLY' ? 7 : 31 * months,
    ...(weekdays.length === 0 ? [] : [freq === 'WEEKLY' ? weekdays.length : ofMonth * months]),
    (count('BYMONTHDAY') ?? 31) * months,
    count('BYYEARDAY') ?? 366,
    (count('BYWEEKNO') ?? 53) * 7,
  ];
  return Math.min(...bounds);
}

function quote(text: string): string {
  return isolated(JSON.stringify(lengthOf(text) > 40 ? `${shortened(text, 40)}…` : text));
}
