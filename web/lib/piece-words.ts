// What a piece of a typed line was understood as, in the reader's words. The backend says it in English; where the reader's
// language is another one, the page says it from the task that the line became.
import type { Text } from '@/text';
import { languageOf } from '@/text/languages';
import type { Clock } from './dates';
import type { QuickAddReading } from './quick-add';
import { ruleLabel } from './recurrence';
import { reminderLabel } from './reminders';
import type { Understood } from './understood';

/** @param task what the whole line became */
export function pieceWords(
  { kind, meaning }: Understood,
  { priority, recurrence, reminders }: QuickAddReading['task'],
  text: Text,
  clock: Clock,
): string {
  if (languageOf(clock.locale) === 'en') return meaning;
  switch (kind) {
    case 'priority':
      return text.priority[priority];
    case 'recurrence':
      return recurrence === null ? meaning : ruleLabel(recurrence.rule, text, clock.locale);
    case 'reminder':
      // One phrase may stand for several; together they are what the line asks for.
      return new Intl.ListFormat(clock.locale).format(
        reminders.map((reminder) => reminderLabel(reminder, text, clock)),
      );
    default:
      return meaning; // a date as the locale writes it, or the person's own words
  }
}
