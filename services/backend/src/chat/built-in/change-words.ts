// A change in words ("to friday", "by a week", "high priority") as the fields that update_task takes, for one task as it is.
import { localInstant, localTime } from '@todo/contracts/due';
import type { Due } from '@todo/contracts/task';
import { findDates } from '../../quick-add/date-phrase.ts';
import { addDays, today } from '../../quick-add/local-now.ts';
import type { ParseContext } from '../../quick-add/local-now.ts';
import { findBefore } from '../../quick-add/reminder-phrase.ts';
import { parseQuickAdd } from '../../quick-add/parse-quick-add.ts';
import { combine, toDue } from '../../quick-add/when.ts';
import type { When } from '../../quick-add/when.ts';
import type { TaskView } from '../../tools/task-view.ts';
import type { Change, ShiftUnit } from './command-shape.ts';

/** Fields for update_task. */
export type Changes = Readonly<Record<string, unknown>>;

/**
 * The fields that a change sets.
 * @param task as it is now
 * @returns undefined when the words say no time that is still ahead
 */
export function changesOf(
  change: Change,
  task: TaskView,
  context: ParseContext,
): Changes | undefined {
  switch (change.kind) {
    case 'due': {
      const when = readWhen(change.words, context);
      return when && dueFields(movedTo(when, task, context));
    }
    case 'shift':
      return dueFields(shifted(task, change.amount, change.unit, context));
    case 'noDue':
      return {
        due: null,
        repeat: null,
        reminders: task.reminders.filter((reminder) => !reminder.startsWith('P')),
      };
    case 'title':
      return { title: change.title };
    case 'notes':
      return { notes: task.notes === '' ? change.text : `${task.notes}\n${change.text}` };
    case 'priority':
      return { priority: change.priority };
    case 'tag': {
      const others = task.tags.filter((tag) => tag.toLowerCase() !== change.tag.toLowerCase());
      return { tags: change.on ? [...others, change.tag] : others };
    }
    case 'list':
      return { list: /^(?:none|no|inbox)$/i.test(change.name) ? null : change.name };
    case 'clock':
      return dueFields(atClock(change.hour, change.minute, task, context));
    case 'repeat':
      return change.words === null ? { repeat: null } : repeatFields(change.words, task, context);
    case 'remind': {
      const durations = findBefore(`remind me ${change.words}`).flatMap(
        (phrase) => phrase.durations,
      );
      return durations.length === 0
        ? undefined
        : { reminders: [...new Set([...task.reminders, ...durations])] };
    }
  }
}

/** True for a change that is the same whatever the task is, so that it can be made to many. */
export function isSameForAll(change: Change): boolean {
  return change.kind === 'priority' || change.kind === 'list' || change.kind === 'due';
}

/** A due as a tool takes it. */
export function dueFields(due: Due): Changes {
  switch (due.kind) {
    case 'date':
      return { due: due.date };
    case 'local':
      return { due: due.local, dueZone: due.zone };
    case 'instant':
      return { due: due.at };
  }
}

/** The due of a task as tools show it. */
export function dueOf(task: Pick<TaskView, 'due' | 'dueZone'>): Due | null {
  if (task.due === null) return null;
  if (task.dueZone !== null) return { kind: 'local', local: task.due, zone: task.dueZone };
  return task.due.length === 10
    ? { kind: 'date', date: task.due }
    : { kind: 'instant', at: task.due };
}

/** The half of the day that is nearer to the time it has; in the afternoon for a task without a time. */
function atClock(hour: number, minute: number, task: TaskView, context: ParseContext): Due {
  const before = dueOf(task);
  const local =
    before?.kind === 'local'
      ? before.local
      : before?.kind === 'instant'
        ? localTime(new Date(before.at), context.zone)
        : undefined;
  const had =
    local === undefined ? 15 * 60 : Number(local.slice(11, 13)) * 60 + Number(local.slice(14, 16));
  const [best = 0] = (hour < 12 ? [hour, hour + 12] : [hour])
    .map((one) => one * 60 + minute)
    .sort((a, b) => Math.abs(a - had) - Math.abs(b - had));
  const time = `${String(Math.floor(best / 60)).padStart(2, '0')}:${String(best % 60).padStart(2, '0')}`;
  const zone = before?.kind === 'local' ? before.zone : context.zone;
  const day = before === null ? today(context) : dayOf(before, context);
  return { kind: 'local', local: `${day}T${time}`, zone };
}

/** A repetition, and the first due where the words or the task name one. */
function repeatFields(words: string, task: TaskView, context: ParseContext): Changes | undefined {
  const read = parseQuickAdd(`x ${words}`, context);
  if (read.recurrence === null) return undefined;
  const due = /\b(?:start|from|on|at)\w*\b/i.test(words) || task.due === null ? read.due : null;
  return {
    ...(due === null ? {} : dueFields(due)),
    repeat: read.recurrence.rule,
    repeatFrom: read.recurrence.from,
  };
}

function readWhen(words: string, context: ParseContext): When | undefined {
  // "the 20th" and "friday" alone are findings too: a lead-in makes them plain
  for (const text of [words, `on ${words}`, `at ${words}`]) {
    const [first, second] = findDates(text, context);
    if (first) return (second && combine(first.when, second.when)) ?? first.when;
  }
  return undefined;
}

function movedTo(when: When, task: TaskView, context: ParseContext): Due {
  const before = dueOf(task);
  if (before === null || when.instant) return toDue(when, context);
  if (when.time !== undefined) {
    const day = when.date ?? dayOf(before, context);
    return toDue(when, context, day < today(context) ? undefined : day);
  }
  // only a day is said: the time of day stays
  const date = when.date ?? today(context);
  if (before.kind === 'date') return { kind: 'date', date };
  const zone = before.kind === 'local' ? before.zone : context.zone;
  const local = before.kind === 'local' ? before.local : localTime(new Date(before.at), zone);
  return { kind: 'local', local: `${date}T${local.slice(11, 16)}`, zone };
}

function shifted(task: TaskView, amount: number, unit: ShiftUnit, context: ParseContext): Due {
  const before: Due = dueOf(task) ?? { kind: 'date', date: today(context) };
  if (unit === 'minute' || unit === 'hour') {
    const zone = before.kind === 'local' ? before.zone : context.zone;
    const from =
      before.kind === 'instant'
        ? new Date(before.at)
        : before.kind === 'local'
          ? localInstant(before.local, before.zone)
          : context.now;
    const at = new Date(from.getTime() + amount * (unit === 'hour' ? 3_600_000 : 60_000));
    return before.kind === 'instant'
      ? { kind: 'instant', at: at.toISOString() }
      : { kind: 'local', local: localTime(at, zone).slice(0, 16), zone };
  }
  if (before.kind === 'date') return { kind: 'date', date: moveDate(before.date, amount, unit) };
  const zone = before.kind === 'local' ? before.zone : context.zone;
  const local = before.kind === 'local' ? before.local : localTime(new Date(before.at), zone);
  return {
    kind: 'local',
    local: `${moveDate(local.slice(0, 10), amount, unit)}T${local.slice(11, 16)}`,
    zone,
  };
}

function moveDate(date: string, amount: number, unit: 'day' | 'week' | 'month'): string {
  if (unit !== 'month') return addDays(date, amount * (unit === 'week' ? 7 : 1));
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  const last = new Date(Date.UTC(year, month + amount, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + amount, Math.min(day, last)))
    .toISOString()
    .slice(0, 10);
}

function dayOf(due: Due, context: ParseContext): string {
  if (due.kind === 'date') return due.date;
  return due.kind === 'local'
    ? due.local.slice(0, 10)
    : localTime(new Date(due.at), context.zone).slice(0, 10);
}
