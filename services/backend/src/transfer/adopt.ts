// A draft of a file becomes what the task commands take. One wrong part never costs the entry: each is checked alone, by the
// same schemas and rules as everywhere else, and what can't be used is noted and left out.
import { checkRule, RuleError } from '@todo/contracts/recurrence';
import { due, instant, MAX_NOTES, MAX_TITLE, priority, recurrence } from '@todo/contracts/task';
import type { Due, Exception, Recurrence, Task, Usual } from '@todo/contracts/task';
import { lengthOf, shortened, showsSomething } from '@todo/contracts/text';
import { uuidv7 } from '@todo/runtime/uuid';
import type { z } from 'zod';
import { MAX_EXCEPTIONS } from '../tasks/exceptions.ts';
import {
  exceptionStart,
  importedUsual,
  MAX_REMINDERS,
  MAX_TAG,
  MAX_TAGS,
  newReminder,
} from '../tasks/input.ts';
import type { NewTask } from '../tasks/input.ts';
import { changed, leftOut, quote } from './entry.ts';
import type { Draft, Note } from './entry.ts';

/** A task of a file, checked; where it belongs is decided elsewhere. */
export interface Adopted {
  readonly input: Omit<NewTask, 'listId' | 'parentId'>;
  readonly status: Task['status'];
  readonly completedAt: string | null;
  readonly createdAt: string | null;
  readonly updatedAt: string | null;
  readonly seriesId: string | null;
  readonly occurrence: number;
  readonly usual: Task['usual'];
  readonly exceptions: Task['exceptions'];
  readonly place: string | null;
  readonly notes: readonly Note[];
}

/** U+0000 and halves of surrogate pairs: PostgreSQL stores neither. */
const UNSTORABLE = /\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;
/** Rules whose check is remembered; a file of thousands of tasks has a few. */
const REMEMBERED_RULES = 1_000;

/** Makes the function that checks drafts of one file. */
export function adopter(now: Date): (draft: Draft) => Adopted {
  const rules = new Map<string, string | null>();
  return (draft) => adopt(draft, now, rules);
}

function adopt(draft: Draft, now: Date, rules: Map<string, string | null>): Adopted {
  const notes: Note[] = [...draft.remarks];
  const plain = (property: string, value: unknown): string => {
    if (value === undefined || value === null) return '';
    if (typeof value !== 'string' && typeof value !== 'number') {
      notes.push(leftOut(property, `expected text, found ${quote(value)}`));
      return '';
    }
    const text = String(value);
    const stored = text.replace(UNSTORABLE, '');
    if (stored !== text) notes.push(changed(property, 'removed characters that cannot be stored'));
    return stored;
  };
  const one = <S extends z.ZodType>(
    property: string,
    schema: S,
    value: unknown,
  ): z.output<S> | null => {
    if (value === undefined || value === null) return null;
    const read = schema.safeParse(value);
    if (read.success) return read.data;
    const why = read.error.issues[0]?.message ?? 'not valid';
    notes.push(leftOut(property, `${quote(shown(value))}: ${why}`));
    return null;
  };

  let text = plain('notes', draft.notes);
  let title = plain('title', draft.title);
  if (!showsSomething(title)) {
    title =
      text
        .split(/\r\n|\r|\n/)
        .find(showsSomething)
        ?.trim() ?? 'Untitled';
    notes.push(changed('title', 'missing: used the first line of the notes, or “Untitled”'));
  }
  if (lengthOf(title) > MAX_TITLE) {
    text = text === '' ? title : `${title}\n\n${text}`;
    title = `${shortened(title, MAX_TITLE - 1)}…`;
    notes.push(
      changed('title', `longer than ${MAX_TITLE} characters: the full text is in the notes`),
    );
  }
  if (lengthOf(text) > MAX_NOTES) {
    text = shortened(text, MAX_NOTES);
    notes.push(changed('notes', `truncated to ${MAX_NOTES} characters`));
  }

  const when = one('due', due, draft.due);
  const repeats = recurrenceOf(one('recurrence', recurrence, draft.recurrence), when, notes, rules);
  const reminders = (draft.reminders ?? []).flatMap((value): NewTask['reminders'] => {
    const reminder = one('reminders', newReminder, value);
    if (reminder === null) return [];
    if ('at' in reminder) return [{ at: reminder.at }];
    if (when !== null) return [{ before: reminder.before }];
    notes.push(
      leftOut('reminders', `${quote(reminder.before)} before a due date, but the task has none`),
    );
    return [];
  });
  if (reminders.length > MAX_REMINDERS)
    notes.push(leftOut('reminders', `a task has at most ${MAX_REMINDERS}: the rest`));
  const done = draft.status === 'done';
  const completedAt = one('completedAt', instant, draft.completedAt);
  const createdAt = past(one('createdAt', instant, draft.createdAt), now);
  const occurrence = Number(draft.occurrence ?? 1);
  return {
    input: {
      title,
      notes: text,
      priority: one('priority', priority, draft.priority) ?? 'none',
      tags: tagsOf(draft.tags ?? [], notes),
      due: when,
      recurrence: repeats,
      reminders: reminders.slice(0, MAX_REMINDERS),
    },
    status: done ? 'done' : 'open',
    completedAt: done ? (completedAt ?? now.toISOString()) : null,
    createdAt,
    updatedAt: past(one('updatedAt', instant, draft.updatedAt), now),
    seriesId: typeof draft.seriesId === 'string' ? draft.seriesId.slice(0, 255) : null,
    occurrence:
      Number.isInteger(occurrence) && occurrence >= 1 && occurrence <= 1_000_000 ? occurrence : 1,
    usual: repeats === null ? undefined : usualOf(draft.usual, one),
    exceptions: repeats === null ? undefined : exceptionsOf(draft.exceptions, one, notes),
    place: placeOf(draft.place),
    notes,
  };
}

type One = <S extends z.ZodType>(property: string, schema: S, value: unknown) => z.output<S> | null;

/** Fields that an occurrence has otherwise, each checked by itself; undefined for none. */
function usualOf(value: unknown, one: One): Usual | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const given = value as Record<string, unknown>;
  const fields = Object.entries(importedUsual.shape).flatMap(([name, schema]) => {
    const read = one(`usual.${name}`, schema, given[name]);
    return read === null || read === undefined ? [] : [[name, read] as const];
  });
  if (fields.length === 0) return undefined;
  const { reminders, ...usual } = Object.fromEntries(fields) as z.output<typeof importedUsual>;
  return {
    ...usual,
    ...(reminders && { reminders: reminders.map((reminder) => ({ ...reminder, id: uuidv7() })) }),
  };
}

function exceptionsOf(value: unknown, one: One, notes: Note[]): Exception[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const read = value.flatMap((each: unknown): Exception[] => {
    const { on, change, following } = (each ?? {}) as Record<string, unknown>;
    const start = one('exceptions.on', exceptionStart, on);
    if (start === null) return [];
    if (change === null) return [{ on: start, change }];
    const repeats = one('exceptions.following', recurrence, following);
    const fields = usualOf(change, one) ?? {};
    return [{ on: start, change: fields, ...(repeats && { following: repeats }) }];
  });
  if (read.length > MAX_EXCEPTIONS)
    notes.push(
      leftOut(
        'exceptions',
        `a series keeps ${MAX_EXCEPTIONS} changed or excluded occurrences: the rest`,
      ),
    );
  return [...new Map(read.map((exception) => [exception.on, exception])).values()]
    .sort((a, b) => (a.on < b.on ? -1 : 1))
    .slice(0, MAX_EXCEPTIONS);
}

/** A recurrence that can be used: it has a due to count from, and a rule that gives days. */
function recurrenceOf(
  wanted: Recurrence | null,
  when: Due | null,
  notes: Note[],
  rules: Map<string, string | null>,
): Recurrence | null {
  if (wanted === null) return null;
  if (when === null) {
    notes.push(
      leftOut('recurrence', `${quote(wanted.rule)}: the task has no due date to count from`),
    );
    return null;
  }
  const wrong = rules.has(wanted.rule) ? rules.get(wanted.rule) : wrongIn(wanted.rule);
  if (rules.size < REMEMBERED_RULES) rules.set(wanted.rule, wrong ?? null);
  if (wrong) {
    notes.push(leftOut('recurrence', `${quote(wanted.rule)}: ${wrong}`));
    return null;
  }
  return wanted;
}

function wrongIn(rule: string): string | null {
  try {
    checkRule(rule);
    return null;
  } catch (error) {
    if (error instanceof RuleError || error instanceof RangeError) return error.message;
    throw error;
  }
}

function tagsOf(values: readonly unknown[], notes: Note[]): string[] {
  const tags = new Map<string, string>();
  for (const value of values) {
    if (typeof value !== 'string') {
      notes.push(leftOut('tags', `expected text, found ${quote(value)}`));
      continue;
    }
    const name = value.replace(UNSTORABLE, '').trim().replace(/^#/, '').trim();
    if (!showsSomething(name)) continue;
    if (lengthOf(name) > MAX_TAG)
      notes.push(leftOut('tags', `${quote(name)} is longer than ${MAX_TAG} characters`));
    else if (tags.size >= MAX_TAGS && !tags.has(name.toLowerCase()))
      notes.push(leftOut('tags', `a task has at most ${MAX_TAGS}: ${quote(name)}`));
    else tags.set(name.toLowerCase(), name);
  }
  return [...tags.values()];
}

function past(at: string | null, now: Date): string | null {
  return at !== null && at <= now.toISOString() && at >= '1900' ? at : null;
}

/** A place as PostgreSQL writes a timestamptz in UTC or another offset; anything else is no place. */
function placeOf(value: unknown): string | null {
  return typeof value === 'string' &&
    /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[ T]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?(Z|[+-]\d\d(:?\d\d)?)$/.test(
      value,
    ) &&
    !Number.isNaN(Date.parse(value.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00')))
    ? value
    : null;
}

function shown(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { date, local, at, rule, before } = value as Record<string, unknown>;
  return date ?? local ?? at ?? rule ?? before ?? value;
}
