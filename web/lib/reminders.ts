// Reminders as a person picks them: how long before the task is due.
import type { Reminder } from '@todo/contracts/task';
import type { Text } from '@/text';
import { instantLabel, type Clock } from './dates';

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

/** A reminder in words. */
export function reminderLabel(
  reminder: { at: string } | { before: string } | Reminder,
  text: Text,
  clock: Clock,
): string {
  if ('at' in reminder) return instantLabel(reminder.at, clock);
  const usual = REMINDER_CHOICES.find((choice) => choice.before === reminder.before);
  if (usual) return usual.label(text);
  const parts = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?/.exec(reminder.before);
  const [weeks, days, hours, minutes] = (parts ?? []).slice(1).map((part) => Number(part || 0));
  const total = ((weeks ?? 0) * 7 + (days ?? 0)) * 1440 + (hours ?? 0) * 60 + (minutes ?? 0);
  if (total > 0 && total % 1440 === 0) return text.remind.days(total / 1440);
  if (total > 0 && total % 60 === 0) return text.remind.hours(total / 60);
  return text.remind.minutes(total);
}
