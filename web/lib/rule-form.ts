// A repetition rule (RFC 5545) as the fields of a form, and back.

/** How often, before "every n". */
export type Frequency = 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY';

/** Days as RRULE names them, Monday first. */
export const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;
/** See {@link WEEKDAYS}. */
export type Weekday = (typeof WEEKDAYS)[number];

/** The fields of the editor. */
export interface RuleForm {
  frequency: Frequency;
  interval: number;
  /** Of WEEKLY. */
  days: Weekday[];
  /** Of MONTHLY: the due's day of the month, its weekday (`nth`), or the month's last day. */
  monthBy: 'day' | 'nth' | 'last';
  /** The day that the rule names itself ("on the 1st", wherever the due has moved); null: the due's day. */
  dayOfMonth: number | null;
  end: 'never' | 'on' | 'after';
  /** Local date of the last occurrence. */
  until: string;
  count: number;
}

const KNOWN = /^(FREQ|INTERVAL|BYDAY|BYMONTHDAY|COUNT|UNTIL)$/;

/** The form of a rule, or null for a rule that the form can't show. */
export function formOf(rule: string): RuleForm | null {
  const parts = new Map(
    rule
      .replace(/^RRULE:/i, '')
      .split(';')
      .filter((part) => part !== '')
      .map((part) => {
        const [name = '', value = ''] = part.toUpperCase().split('=');
        return [name, value] as const;
      }),
  );
  if ([...parts.keys()].some((name) => !KNOWN.test(name))) return null;
  const frequency = parts.get('FREQ') ?? '';
  if (!/^(DAILY|WEEKLY|MONTHLY|YEARLY)$/.test(frequency)) return null;
  const days = (parts.get('BYDAY') ?? '').split(',').filter((day) => day !== '');
  const monthDay = parts.get('BYMONTHDAY');
  let monthBy: RuleForm['monthBy'] = 'day';
  let dayOfMonth: number | null = null;
  if (monthDay === '-1') monthBy = 'last';
  else if (monthDay !== undefined) {
    if (frequency !== 'MONTHLY' || !/^([1-9]|[12]\d|3[01])$/.test(monthDay)) return null;
    dayOfMonth = Number(monthDay);
  }
  const plain = days.every((day): day is Weekday => (WEEKDAYS as readonly string[]).includes(day));
  if (frequency === 'MONTHLY' && days.length > 0) {
    if (days.length > 1 || !/^(-1|[1-4])[A-Z]{2}$/.test(days[0] ?? '')) return null;
    monthBy = 'nth';
  } else if (days.length > 0 && (!plain || frequency !== 'WEEKLY')) return null;
  const until = parts.get('UNTIL') ?? '';
  return {
    frequency: frequency as Frequency,
    interval: Number(parts.get('INTERVAL') ?? 1),
    days: frequency === 'WEEKLY' ? (days as Weekday[]) : [],
    monthBy,
    dayOfMonth,
    end: until !== '' ? 'on' : parts.has('COUNT') ? 'after' : 'never',
    until: until === '' ? '' : `${until.slice(0, 4)}-${until.slice(4, 6)}-${until.slice(6, 8)}`,
    count: Number(parts.get('COUNT') ?? 10),
  };
}

/** Which weekday of its month a date is: 1 to 4, or -1 for the last. */
export function nthOf(date: string): number {
  const day = Number(date.slice(8, 10));
  const nth = Math.ceil(day / 7);
  return nth > 4 ? -1 : nth;
}

/**
 * The rule of a form.
 * @param date the local date the series is counted from: gives "the second Friday"
 */
export function ruleOf(form: RuleForm, date: string): string {
  const parts = [`FREQ=${form.frequency}`];
  if (form.interval > 1) parts.push(`INTERVAL=${form.interval}`);
  if (form.frequency === 'WEEKLY' && form.days.length > 0) {
    parts.push(`BYDAY=${WEEKDAYS.filter((day) => form.days.includes(day)).join(',')}`);
  }
  if (form.frequency === 'MONTHLY' && form.monthBy === 'day' && form.dayOfMonth !== null) {
    parts.push(`BYMONTHDAY=${form.dayOfMonth}`);
  }
  if (form.frequency === 'MONTHLY' && form.monthBy === 'last') parts.push('BYMONTHDAY=-1');
  if (form.frequency === 'MONTHLY' && form.monthBy === 'nth') {
    const weekday = (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;
    parts.push(`BYDAY=${nthOf(date)}${WEEKDAYS[weekday]}`);
  }
  if (form.end === 'on' && form.until !== '') {
    parts.push(`UNTIL=${form.until.replaceAll('-', '')}`);
  }
  if (form.end === 'after') parts.push(`COUNT=${Math.max(1, form.count)}`);
  return parts.join(';');
}
