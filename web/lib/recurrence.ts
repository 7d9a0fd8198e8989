// Repetition rules as a person picks and reads them. The calendar arithmetic is the backend's.
import type { Text } from '@/text';
import { formOf, WEEKDAYS } from './rule-form';

/** The choices of the add form. */
export const SIMPLE_RULES = {
  daily: 'FREQ=DAILY',
  weekdays: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR',
  weekly: 'FREQ=WEEKLY',
  monthly: 'FREQ=MONTHLY',
  yearly: 'FREQ=YEARLY',
} as const;
/** The name of a simple choice. */
export type SimpleRule = keyof typeof SIMPLE_RULES;

/** A weekday's short name; `index` 0 is Monday. */
export function weekdayName(index: number, locale: string, style: 'short' | 'long'): string {
  // 1 January 2024 was a Monday.
  return new Intl.DateTimeFormat(locale, { weekday: style, timeZone: 'UTC' }).format(
    Date.UTC(2024, 0, 1 + index),
  );
}

/** A rule in a few words; one that has no words here is called "Repeats". */
export function ruleLabel(rule: string, text: Text, locale: string): string {
  const plain = rule.replace(/^RRULE:/i, '').toUpperCase();
  const name = (Object.keys(SIMPLE_RULES) as SimpleRule[]).find(
    (key) => SIMPLE_RULES[key] === plain,
  );
  if (name) return text.repeat[name];
  const form = formOf(rule);
  if (form === null) return text.repeat.customShort;
  const every = text.repeat.everyN(form.interval, text.repeat.unit[form.frequency](form.interval));
  const days = WEEKDAYS.flatMap((day, index) =>
    form.days.includes(day) ? [weekdayName(index, locale, 'short')] : [],
  ).join(', ');
  return days === '' ? every : `${every}: ${days}`;
}
