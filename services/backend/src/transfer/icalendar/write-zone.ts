// A VTIMEZONE for an IANA zone (RFC 5545 3.6.5), made from this runtime's zone data: one observance for each change of the clocks
// since the earliest due, and a yearly rule for as long as the changes follow one.
import { Temporal } from 'temporal-polyfill';

/** Years ahead that are compared for a yearly rule, and written out where there is none. */
const YEARS_AHEAD = 10;
const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;

interface Change {
  /** The wall clock as it would be without the change. */
  readonly onset: Temporal.PlainDateTime;
  readonly from: number;
  readonly to: number;
}

const made = new Map<string, string>();
/** Definitions that are remembered. */
const REMEMBERED = 200;

/**
 * The component, with its line breaks; empty for a zone that is unknown here, since programs know IANA's names.
 * @param firstYear of the earliest time that names the zone
 */
export function vtimezone(zone: string, firstYear: number, now: Date): string {
  const key = `${zone} ${firstYear} ${now.getUTCFullYear()}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  try {
    const text = build(zone, Math.max(1900, Math.min(firstYear, now.getUTCFullYear())) - 1, now);
    if (made.size < REMEMBERED) made.set(key, text);
    return text;
  } catch {
    return '';
  }
}

function build(zone: string, year: number, now: Date): string {
  const lastYear = now.getUTCFullYear() + YEARS_AHEAD;
  const begin = Temporal.PlainDate.from({ year, month: 1, day: 1 }).toZonedDateTime(zone);
  const changes = changesOf(begin, lastYear);
  const first = minutes(begin);
  const rules = yearlyRules(changes, lastYear);
  const single = changes.filter((change) => !rules.some((rule) => rule.covers.has(change)));
  const observances = [
    observance('STANDARD', compact(begin.toPlainDateTime()), first, first),
    ...single.map(({ onset, from, to }) => observance(kind(from, to), compact(onset), from, to)),
    ...rules.map(({ rule, first: { onset, from, to } }) =>
      observance(kind(from, to), compact(onset), from, to, rule),
    ),
  ];
  return ['BEGIN:VTIMEZONE', `TZID:${zone}`, ...observances.flat(), 'END:VTIMEZONE', ''].join(
    '\r\n',
  );
}

function changesOf(begin: Temporal.ZonedDateTime, lastYear: number): Change[] {
  const changes: Change[] = [];
  let from = minutes(begin);
  for (
    let at = begin.getTimeZoneTransition('next');
    at && at.year <= lastYear;
    at = at.getTimeZoneTransition('next')
  ) {
    const to = minutes(at);
    if (to === from) continue;
    changes.push({ onset: at.toPlainDateTime().add({ minutes: from - to }), from, to });
    from = to;
  }
  return changes;
}

/** Two changes a year on the same weekday of a month, at one hour, until the last year looked at. */
function yearlyRules(
  changes: readonly Change[],
  lastYear: number,
): { rule: string; first: Change; covers: Set<Change> }[] {
  const rules = [-2, -1].flatMap((nth) => {
    const last = changes.at(nth);
    if (!last || last.onset.year !== lastYear) return [];
    const candidates = [weekRule(last.onset), lastRule(last.onset)].filter((rule) => rule !== null);
    const fits = candidates.map((rule) => {
      const covers = new Set<Change>();
      for (let year = lastYear; ; year -= 1) {
        const same = changes.find(
          ({ onset, from, to }) =>
            onset.year === year &&
            from === last.from &&
            to === last.to &&
            onset.toPlainTime().equals(last.onset.toPlainTime()) &&
            (weekRule(onset) === rule || lastRule(onset) === rule),
        );
        if (!same) break;
        covers.add(same);
      }
      return { rule, covers, first: [...covers].at(-1) ?? last };
    });
    const [best] = fits.sort((a, b) => b.covers.size - a.covers.size);
    return best && best.covers.size >= YEARS_AHEAD - 1 ? [best] : [];
  });
  // a rule for summer alone would never end it
  return rules.length === 2 ? rules : [];
}

function weekRule({ month, day, dayOfWeek }: Temporal.PlainDateTime): string {
  return `FREQ=YEARLY;BYMONTH=${month};BYDAY=${Math.ceil(day / 7)}${WEEKDAYS[dayOfWeek - 1] ?? 'SU'}`;
}

function lastRule({ month, day, dayOfWeek, daysInMonth }: Temporal.PlainDateTime): string | null {
  return day > daysInMonth - 7
    ? `FREQ=YEARLY;BYMONTH=${month};BYDAY=-1${WEEKDAYS[dayOfWeek - 1] ?? 'SU'}`
    : null;
}

function observance(
  name: 'STANDARD' | 'DAYLIGHT',
  onset: string,
  from: number,
  to: number,
  rule?: string,
): string[] {
  return [
    `BEGIN:${name}`,
    `DTSTART:${onset}`,
    `TZOFFSETFROM:${offset(from)}`,
    `TZOFFSETTO:${offset(to)}`,
    ...(rule === undefined ? [] : [`RRULE:${rule}`]),
    `END:${name}`,
  ];
}

function kind(from: number, to: number): 'STANDARD' | 'DAYLIGHT' {
  return to > from ? 'DAYLIGHT' : 'STANDARD';
}

function minutes(at: Temporal.ZonedDateTime): number {
  return Math.round(at.offsetNanoseconds / 60e9);
}

function offset(total: number): string {
  const size = Math.abs(total);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${total < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${two(size % 60)}`;
}

function compact(at: Temporal.PlainDateTime): string {
  return at.toString({ smallestUnit: 'second' }).replace(/[-:]/g, '');
}
