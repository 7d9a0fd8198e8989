// Reminders as a person picks them: how long before the task is due.
import type { Text } from '@/text';

/** A choice; `before` is an ISO 8601 duration. */
export interface ReminderChoice {
  before: string;
  label: (text: Text) => string;
}

/** The usual choices, nearest first. */
export const REMINDER_CHOICES: readonly ReminderChoice[] = [
  { before: 'PT0S', label: (text) => text.remind.atTime },
  { before: 'PT10M', label: (text) => text.remind.minutes(10) },
  { before: 'PT1H', label: (text) => text.remind.hours(1) },
  { before: 'P1D', label: (text) => text.remind.days(1) },
  { before: 'P7D', label: (text) => text.remind.days(7) },
];
