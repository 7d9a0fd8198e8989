// TickTick's backup: some lines about the file, then one row a task with its list, RFC 5545 rules and triggers, and the lines of a
// checklist within Content. Status 0 is open, 1 and 2 are done, -1 is "won't do"; Priority is 0, 1, 3 or 5.
import { Temporal } from 'temporal-polyfill';
import { changed, leftOut, quote } from '../entry.ts';
import type { Draft, DraftDue, DraftReminder, Note, ReadContext } from '../entry.ts';
import { listName } from '../list-name.ts';
import { withColon } from './cells.ts';
import { plainName } from './columns.ts';
import type { Row, TableReader } from './table-reader.ts';

const PRIORITIES: Readonly<Record<string, string>> = {
  0: 'none',
  1: 'low',
  3: 'medium',
  5: 'high',
};

/** Reads it, if the header is TickTick's: List Name, Title and Due Date. */
export function ticktickCsv(
  header: readonly string[],
  context: ReadContext,
): TableReader | undefined {
  const names = header.map(plainName);
  if (!['listname', 'title', 'duedate'].every((name) => names.includes(name))) return undefined;
  const cell = ({ cells }: Row, name: string): string => (cells[names.indexOf(name)] ?? '').trim();
  return {
    format: 'ticktick-csv',
    entry: (row) => {
      const list = cell(row, 'listname');
      const named = (name: string): string | undefined => {
        const id = cell(row, name);
        return id === '' ? undefined : id;
      };
      const content = Object.fromEntries(
        names.map((name, index) => [name, row.cells[index] ?? '']),
      );
      return {
        uid: named('taskid'),
        parentUid: named('parentid'),
        content: { ...content, listname: list },
      };
    },
    finish: (entry) => draftOf(entry.content as Record<string, string>, context),
  };
}

function draftOf(row: Readonly<Record<string, string>>, context: ReadContext): Draft {
  const remarks: Note[] = [];
  const text = (name: string): string => (row[name] ?? '').trim();
  const status = text('status');
  if (status === '-1')
    return { title: text('title'), remarks, leftOut: 'it was marked “won’t do”' };
  const zone = zoneOf(text('timezone'), context, remarks);
  const isAllDay = /^(true|1|y)$/i.test(text('isallday'));
  const due = dueOf('Due Date', text('duedate') || text('startdate'), zone, isAllDay, remarks);
  if (text('duedate') !== '' && text('startdate') !== '' && text('startdate') !== text('duedate'))
    remarks.push(leftOut('Start Date', 'tasks have no start date'));
  if (text('foldername') !== '') remarks.push(leftOut('Folder Name', 'lists cannot be nested'));
  const repeat = text('repeat').replace(/^RRULE:/i, '');
  const { fromCompletion, rule } = ruleOf(repeat);
  const list = text('listname');
  return {
    title: text('title'),
    notes: checklist(row['content'] ?? '', /^(y|true|1)$/i.test(text('ischecklist'))),
    status: status === '1' || status === '2' ? 'done' : 'open',
    completedAt: instantOf('Completed Time', text('completedtime'), zone, remarks),
    createdAt: instantOf('Created Time', text('createdtime'), zone, remarks),
    priority: PRIORITIES[text('priority')] ?? 'none',
    tags: text('tags').split(/[,;]/),
    list: list === '' || /^inbox$/i.test(list) ? undefined : { name: listName(list), copy: 0 },
    due,
    recurrence: rule === '' ? null : { rule, ...(fromCompletion ? { from: 'completion' } : {}) },
    reminders: remindersOf(text('reminder'), due, remarks),
    remarks,
  };
}

/** TickTick writes `TT_REPEAT_FROM`-like parts of its own into a rule; those are not RFC 5545's. */
function ruleOf(repeat: string): { rule: string; fromCompletion: boolean } {
  const parts = repeat.split(';').filter((part) => part !== '');
  return {
    rule: parts.filter((part) => !/^(TT_|X-)/i.test(part)).join(';'),
    fromCompletion: parts.some((part) => /^TT_.*COMPLET/i.test(part)),
  };
}

function zoneOf(name: string, context: ReadContext, remarks: Note[]): string {
  if (name === '') return context.zone;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    remarks.push(changed('Timezone', `${quote(name)} is unknown: read as ${context.zone}`));
    return context.zone;
  }
}

/** Instants with an offset, which mean a wall clock in the task's zone; the day alone for a whole day. */
function dueOf(
  property: string,
  text: string,
  zone: string,
  isAllDay: boolean,
  remarks: Note[],
): DraftDue | null {
  if (text === '') return null;
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return { kind: 'date', date: text };
  try {
    const local = Temporal.Instant.from(withColon(text)).toZonedDateTimeISO(zone).toPlainDateTime();
    if (isAllDay) return { kind: 'date', date: local.toPlainDate().toString() };
    return { kind: 'local', local: local.toString({ smallestUnit: 'minute' }), zone };
  } catch {
    remarks.push(
      leftOut(property, `${quote(text)} is not a time such as 2027-01-31T09:00:00+0000`),
    );
    return null;
  }
}

function instantOf(property: string, text: string, zone: string, remarks: Note[]): string | null {
  const due = dueOf(property, text, zone, false, remarks);
  if (due?.kind !== 'local') return null;
  return Temporal.Instant.from(withColon(text)).toString();
}

function remindersOf(text: string, due: DraftDue | null, remarks: Note[]): DraftReminder[] {
  return text
    .split(/[\s,;]+/)
    .filter((one) => one !== '')
    .flatMap((one): DraftReminder[] => {
      const trigger = /^(?:TRIGGER:)?([+-]?)(P.+)$/i.exec(one);
      const duration = parseDuration(trigger?.[2]);
      if (!trigger || !duration || due === null) {
        remarks.push(
          leftOut('Reminder', `${quote(one)} could not be read, or the task has no due date`),
        );
        return [];
      }
      // of a whole day it counts from midnight, ours from nine: "P0DT9H0M0S" is nine
      const before = trigger[1] === '-' ? duration : duration.negated();
      const ours = due.kind === 'date' ? before.add({ hours: 9 }) : before;
      if (ours.sign < 0) {
        remarks.push(leftOut('Reminder', `${quote(one)} is after the due date`));
        return [];
      }
      return [{ before: ours.toString() }];
    });
}

function parseDuration(text: string | undefined): Temporal.Duration | undefined {
  try {
    return text === undefined ? undefined : Temporal.Duration.from(text);
  } catch {
    return undefined;
  }
}

/** The lines of a checklist, with a mark that says what is done. */
function checklist(content: string, isChecklist: boolean): string {
  const lines = content.replace(/\r\n?/g, '\n');
  return isChecklist ? lines.replace(/^▪ ?/gm, '[x] ').replace(/^▫ ?/gm, '[ ] ') : lines;
}
