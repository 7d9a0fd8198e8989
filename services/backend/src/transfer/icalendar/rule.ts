// Rules between this system and calendars. Ours has two things that RFC 5545 has not: the 31st ends with a shorter month (RFC 7529
// calls it SKIP=BACKWARD, which hardly any program reads), and an anchor from which a series is counted. An export says the
// same in plain RFC 5545; what we read back comes from X-TODO-RRULE beside it, as long as nobody changed the rule meanwhile.
import { Temporal } from 'temporal-polyfill';
import type { Due } from '@todo/contracts/task';
import { changed, leftOut, quote } from '../entry.ts';
import type { Note } from '../entry.ts';

/** The parts of a rule, upper case, in the order they came. */
export function ruleParts(rule: string): Map<string, string> {
  const parts = new Map<string, string>();
  for (const part of rule
    .trim()
    .replace(/^RRULE:/i, '')
    .toUpperCase()
    .split(';')) {
    const at = part.indexOf('=');
    const name = part.slice(0, Math.max(at, 0)).trim();
    if (name !== '' && !parts.has(name)) parts.set(name, part.slice(at + 1).trim());
  }
  return parts;
}

/**
 * A rule in RFC 5545 alone, for a series that stands at `start`.
 * @param start the start of the occurrence that is exported, from which the rule counts on
 * @param zone for dues without a zone of their own
 * @throws RangeError for a rule that is none
 */
export function standardRule(
  rule: string,
  anchor: string | undefined,
  occurrence: number,
  start: Due,
  zone: string,
): string {
  const parts = ruleParts(rule);
  const skip = parts.get('SKIP');
  parts.delete('SKIP');
  parts.delete('RSCALE');
  const count = Number(parts.get('COUNT') ?? 0);
  if (count > 0) parts.set('COUNT', String(Math.max(1, count - occurrence + 1)));
  const until = parts.get('UNTIL');
  if (until !== undefined) parts.set('UNTIL', standardUntil(until, start, zone));
  if (skip !== 'OMIT') clampLateDays(parts, anchor);
  const freq = parts.get('FREQ');
  if (freq === undefined) throw new RangeError('a rule without FREQ');
  parts.delete('FREQ');
  return [`FREQ=${freq}`, ...[...parts].map(([name, value]) => `${name}=${value}`)].join(';');
}

/** "The 31st, or the month's last day" as RFC 5545 has it: the last one of the 28th to the 31st. */
function clampLateDays(parts: Map<string, string>, anchor: string | undefined): void {
  const freq = parts.get('FREQ');
  if (freq !== 'MONTHLY' && freq !== 'YEARLY') return;
  if (['BYDAY', 'BYSETPOS', 'BYYEARDAY', 'BYWEEKNO'].some((name) => parts.has(name))) return;
  const day = Number(parts.get('BYMONTHDAY') ?? anchor?.slice(8, 10) ?? 0);
  if (!(day > 28 && day <= 31)) return;
  if (freq === 'YEARLY') {
    const month = parts.get('BYMONTH') ?? String(Number(anchor?.slice(5, 7) ?? 0));
    // BYSETPOS picks of the whole year: right for one month only
    if (!/^\d+$/.test(month) || month === '0') return;
    parts.set('BYMONTH', month);
  }
  parts.set('BYMONTHDAY', Array.from({ length: day - 27 }, (_, n) => 28 + n).join(','));
  parts.set('BYSETPOS', '-1');
}

/** UNTIL has the type of DTSTART: a date, or UTC (RFC 5545 3.3.10). */
function standardUntil(until: string, start: Due, zone: string): string {
  const match = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z)?)?$/.exec(until);
  if (!match) return until;
  const [, year, month, day, hour, minute, second, utc] = match;
  if (start.kind === 'date') return until.slice(0, 8);
  if (utc) return until;
  const counted = start.kind === 'local' ? start.zone : zone;
  const local = `${year ?? ''}-${month ?? ''}-${day ?? ''}T${hour ?? '23'}:${minute ?? '59'}:${second ?? '59'}`;
  return Temporal.PlainDateTime.from(local)
    .toZonedDateTime(counted)
    .toInstant()
    .toString({ smallestUnit: 'second' })
    .replace(/[-:]/g, '');
}

/**
 * A calendar's rule as ours. Days that a month does not have are left out there (RFC 5545 3.3.10), where ours would take the
 * month's last day: the rule then says so by SKIP=OMIT.
 * @param start the wall clock of DTSTART
 */
export function readRule(value: string, start: string, notes: Note[]): string | null {
  const parts = ruleParts(value);
  if (parts.size === 0) {
    notes.push(
      leftOut(
        'RRULE',
        value.trim() === '' ? 'empty value' : `${quote(value)} is not a recurrence rule`,
      ),
    );
    return null;
  }
  for (const [name, text] of parts) {
    if (text === '' || name.startsWith('X-')) {
      parts.delete(name);
      notes.push(leftOut('RRULE', `the part ${name}${text === '' ? ', which is empty' : ''}`));
    }
  }
  for (const [name, from] of [
    ['BYHOUR', 11],
    ['BYMINUTE', 14],
    ['BYSECOND', 17],
  ] as const) {
    const given = parts.get(name);
    if (given === undefined) continue;
    parts.delete(name);
    const own = start.slice(from, from + 2) || '0';
    if (Number(given) !== Number(own))
      notes.push(changed('RRULE', `${name}=${given}: a task repeats at the time of its due date`));
  }
  const freq = parts.get('FREQ');
  const days = parts.get('BYMONTHDAY')?.split(',').map(Number) ?? [];
  const picksDay = ['BYDAY', 'BYMONTHDAY', 'BYYEARDAY', 'BYWEEKNO'].some((name) => parts.has(name));
  const late = picksDay ? days.some((day) => day > 28) : Number(start.slice(8, 10)) > 28;
  if ((freq === 'MONTHLY' || freq === 'YEARLY') && late && !parts.has('SKIP')) {
    parts.set('RSCALE', 'GREGORIAN');
    parts.set('SKIP', 'OMIT');
  }
  parts.delete('FREQ');
  return [`FREQ=${freq ?? ''}`, ...[...parts].map(([name, text]) => `${name}=${text}`)].join(';');
}
