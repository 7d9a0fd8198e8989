// Repetition rules as a person picks and reads them. The calendar arithmetic is the backend's.
import type { Text } from '@/text';

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

/** A rule in words; one that has no words here is called custom. */
export function ruleLabel(rule: string, text: Text): string {
  const plain = rule.replace(/^RRULE:/i, '').toUpperCase();
  const name = (Object.keys(SIMPLE_RULES) as SimpleRule[]).find(
    (key) => SIMPLE_RULES[key] === plain,
  );
  return name ? text.repeat[name] : text.repeat.customShort;
}
