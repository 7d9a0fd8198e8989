// What a reminder says, in its reader's zone and locale. An event is never refused for a zone or a locale that this runtime
// does not know: the text falls back, because a reminder in plain English is better than none.
import type { EventData } from '@todo/contracts/events';
import { isolated } from '@todo/contracts/text';
import { locale as localeSchema, zone as zoneSchema } from '@todo/contracts/task';

/** Where the text falls back to. */
const FALLBACK_ZONE = 'UTC';
const FALLBACK_LOCALE = 'en';

type Reminder = EventData<'todo.reminder.due.v1'>;

/** The zone of a reminder if this runtime knows it, else UTC. */
export function zoneOf(reminder: Pick<Reminder, 'zone'>): string {
  return zoneSchema.safeParse(reminder.zone).success ? reminder.zone : FALLBACK_ZONE;
}

/**
 * When the task is due, as its reader would write it: a day for a task due on a day, else day and time. A time in the fallback
 * zone says so.
 * @returns null without due, and for an instant that can't be read.
 */
export function dueText(reminder: Reminder): string | null {
  const locale = localeSchema.safeParse(reminder.locale).success
    ? reminder.locale
    : FALLBACK_LOCALE;
  if (reminder.due?.kind === 'date') {
    const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });
    return day.format(new Date(`${reminder.due.date}T00:00:00Z`));
  }
  const at = new Date(reminder.dueAt ?? Number.NaN);
  if (Number.isNaN(at.getTime())) return null;
  const zone = zoneOf(reminder);
  const time = new Intl.DateTimeFormat(locale, {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: zone,
  });
  return `${time.format(at)}${zone === reminder.zone ? '' : ` ${FALLBACK_ZONE}`}`;
}

/** The reminder in one line: the title, and when it is due. */
export function reminderText(reminder: Reminder): string {
  const due = dueText(reminder);
  const title = isolated(reminder.title);
  return due === null ? title : `${title} · ${due}`;
}
