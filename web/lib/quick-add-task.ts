// The task that a typed line makes: what was understood, what was set by hand, and what the tasks of the page have in common.
import type { Due } from '@todo/contracts/task';
import type { Draft } from '@/components/tasks/quick-add-draft';
import { addDays } from './dates';
import type { QuickAddReading } from './quick-add';
import { SIMPLE_RULES } from './recurrence';
import type { NewTask } from './task-change';
import type { View } from './views';

/** The date that a line without one gets on a page; null where it gets none. @param today the person's local date */
export function dateOfView(view: View, today: string): string | null {
  return view.name === 'today' ? today : view.name === 'upcoming' ? addDays(today, 1) : null;
}

/**
 * Makes the task to add.
 * @param today the person's local date when the line was typed
 * @param zone the person's IANA zone
 */
export function taskOf(
  read: QuickAddReading['task'],
  draft: Draft,
  view: View,
  today: string,
  zone: string,
): NewTask {
  const ofView = draft.noDate === true ? null : dateOfView(view, today);
  const due: Due | null =
    draft.date !== ''
      ? draft.time === ''
        ? { kind: 'date', date: draft.date }
        : { kind: 'local', local: `${draft.date}T${draft.time}`, zone }
      : (read.due ?? (ofView === null ? null : { kind: 'date', date: ofView }));
  const typed = draft.tags
    .split(/[,\s]+/)
    .map((tag) => tag.replace(/^#/, ''))
    .filter((tag) => tag !== '');
  return {
    title: read.title,
    notes: read.notes,
    priority: draft.priority === 'none' ? read.priority : draft.priority,
    tags: [...new Set([...read.tags, ...typed, ...(view.name === 'tag' ? [view.tag] : [])])],
    listId: read.listId ?? (view.name === 'list' ? view.listId : null),
    due,
    recurrence:
      draft.repeat === '' ? read.recurrence : { rule: SIMPLE_RULES[draft.repeat], from: 'due' },
    reminders: [...read.reminders, ...(draft.remind === '' ? [] : [{ before: draft.remind }])],
  };
}
