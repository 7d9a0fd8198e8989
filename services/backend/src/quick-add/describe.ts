// What was understood, in words a person checks at a glance: dates with their weekday, in the person's locale and zone.
import { localTime } from '@todo/contracts/due';
import { MONTH_NAMES } from '@todo/contracts/recurrence-rule';
import type { Due, Recurrence } from '@todo/contracts/task';
import type { ParseContext } from './local-now.ts';

/** `Sat, 31 Jan 2027, 09:00` in the locale's own way; the zone follows when it is not the person's. */
export function describeDue(due: Due, context: Pick<ParseContext, 'zone' | 'locale'>): string {
  switch (due.kind) {
    case 'date':
      return describeLocal(due.date, context.locale);
    case 'local':
      return `${describeLocal(due.local, context.locale)}${due.zone === context.zone ? '' : ` (${due.zone})`}`;
    case 'instant':
      return describeLocal(localTime(new Date(due.at), context.zone).slice(0, 16), context.locale);
  }
}

/** Formatters by locale: making one costs more than all other work on a line. */
const formatters = new Map<string, Intl.DateTimeFormat>();
/** Locales come from tokens, and a token can hold any: no more are kept. */
const MAX_FORMATTERS = 100;

/** A local date (`2027-01-31`) or time (`2027-01-31T09:00`) as the locale writes it. */
export function describeLocal(local: string, locale: string): string {
  const time = local.length > 10;
  return formatter(locale, time).format(
    new Date(`${time ? local.slice(0, 16) : `${local}T00:00`}:00Z`),
  );
}

function formatter(locale: string, time: boolean): Intl.DateTimeFormat {
  const key = `${locale} ${time ? 'time' : 'date'}`;
  const known = formatters.get(key);
  if (known) return known;
  if (formatters.size >= MAX_FORMATTERS) formatters.clear();
  // formatted in UTC, where it was put: no zone of the process has a say
  const made = new Intl.DateTimeFormat(locale, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    ...(time ? ({ hour: '2-digit', minute: '2-digit' } as const) : {}),
    timeZone: 'UTC',
  });
  formatters.set(key, made);
  return made;
}

const UNITS: Readonly<Record<string, string>> = {
  DAILY: 'day',
  WEEKLY: 'week',
  MONTHLY: 'month',
  YEARLY: 'year',
};
const DAY_NAMES: Readonly<Record<string, string>> = {
  MO: 'Monday',
  TU: 'Tuesday',
  WE: 'Wednesday',
  TH: 'Thursday',
  FR: 'Friday',
  SA: 'Saturday',
  SU: 'Sunday',
};
const ORDINALS: Readonly<Record<string, string>> = {
  '1': 'first',
  '2': 'second',
  '3': 'third',
  '4': 'fourth',
  '5': 'fifth',
  '-1': 'last',
};

const WORKDAYS = 'MO,TU,WE,TH,FR';

/** A rule in words; what has no words is shown as the rule itself. */
export function describeRecurrence(recurrence: Recurrence): string {
  const parts = new Map(
    recurrence.rule
      .replace(/^RRULE:/i, '')
      .split(';')
      .map((part): [string, string] => {
        const [name = '', value = ''] = part.split('=');
        return [name, value];
      }),
  );
  const unit = UNITS[parts.get('FREQ') ?? ''];
  const known = [
    'FREQ',
    'INTERVAL',
    'BYDAY',
    'BYMONTHDAY',
    'BYMONTH',
    'BYSETPOS',
    'COUNT',
    'UNTIL',
  ];
  if (unit === undefined || [...parts.keys()].some((name) => !known.includes(name)))
    return `repeats by the rule ${recurrence.rule}`;
  const n = Number(parts.get('INTERVAL') ?? 1);
  const every = n === 1 ? `every ${unit}` : `every ${n} ${unit}s`;
  const position = parts.get('BYSETPOS');
  if (position !== undefined && parts.get('BYDAY') !== WORKDAYS)
    return `repeats by the rule ${recurrence.rule}`;
  const byDay = position
    ? `the ${ORDINALS[position] ?? `${position}th`} weekday`
    : parts.get('BYDAY')?.split(',').map(dayName).join(', ');
  const byMonth = parts.get('BYMONTH');
  const byMonthDay = parts
    .get('BYMONTHDAY')
    ?.split(',')
    .map((day) => (day === '-1' ? 'the last day' : `day ${day}`))
    .join(', ');
  const until = parts.get('UNTIL');
  const count = parts.get('COUNT');
  return [
    byDay === 'Monday, Tuesday, Wednesday, Thursday, Friday' && n === 1
      ? 'every weekday (Monday to Friday)'
      : `${every}${byDay ? ` on ${byDay}` : ''}`,
    byMonthDay ? ` on ${byMonthDay}` : '',
    byMonth
      ? ` of ${byMonth
          .split(',')
          .map((m) => MONTH_NAMES[Number(m) - 1] ?? m)
          .join(', ')}`
      : '',
    until ? ` until ${until.slice(0, 4)}-${until.slice(4, 6)}-${until.slice(6, 8)}` : '',
    count ? `, ${count} times` : '',
    recurrence.from === 'completion' ? ', counted from completion' : '',
  ].join('');
}

function dayName(value: string): string {
  const [, ordinal, day] = /^(-?\d+)?([A-Z]{2})$/.exec(value) ?? [];
  const name = DAY_NAMES[day ?? ''] ?? value;
  return ordinal ? `the ${ORDINALS[ordinal] ?? `${ordinal}th`} ${name}` : name;
}

/** `1 day before`, `at the time it is due`. */
export function describeBefore(duration: string): string {
  const [, months, weeks, days, hours, minutes] =
    /^P(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:0S)?)?$/.exec(duration) ?? [];
  const words = [
    [months, 'month'],
    [weeks, 'week'],
    [days, 'day'],
    [hours, 'hour'],
    [minutes, 'minute'],
  ]
    .filter(([amount]) => Number(amount) > 0)
    .map(([amount, unit]) => `${amount ?? ''} ${unit ?? ''}${amount === '1' ? '' : 's'}`);
  return words.length > 0 ? `${words.join(' ')} before` : 'at the time it is due';
}
