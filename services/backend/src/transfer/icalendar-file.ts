// Tasks as iCalendar VTODOs (RFC 5545): what calendar and reminder programs exchange.
import ICAL from 'ical.js';
import { invalidInput } from '@todo/contracts/problem';
import type { Due, Task } from '@todo/contracts/task';

/** PRIORITY: 1 to 4 is high, 5 medium, 6 to 9 low, 0 none (RFC 5545 3.8.1.9). */
const PRIORITIES = { none: 0, high: 1, medium: 5, low: 9 } as const;

/** What stands before and after the VTODOs. */
export const CALENDAR_START =
  'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//todo//todo-backend//EN\r\n';
export const CALENDAR_END = 'END:VCALENDAR\r\n';

/** One task as a VTODO. */
export function toVtodo(task: Task): string {
  const todo = new ICAL.Component('vtodo');
  todo.addPropertyWithValue('uid', task.id);
  todo.addPropertyWithValue('dtstamp', utc(task.updatedAt));
  todo.addPropertyWithValue('created', utc(task.createdAt));
  todo.addPropertyWithValue('last-modified', utc(task.updatedAt));
  todo.addPropertyWithValue('summary', task.title);
  if (task.notes) todo.addPropertyWithValue('description', task.notes);
  todo.addPropertyWithValue('status', task.status === 'done' ? 'COMPLETED' : 'NEEDS-ACTION');
  if (task.completedAt) todo.addPropertyWithValue('completed', utc(task.completedAt));
  if (task.priority !== 'none') todo.addPropertyWithValue('priority', PRIORITIES[task.priority]);
  if (task.parentId) todo.addPropertyWithValue('related-to', task.parentId);
  if (task.tags.length > 0) {
    const categories = new ICAL.Property('categories');
    categories.setValues([...task.tags]);
    todo.addProperty(categories);
  }
  if (task.due) addDue(todo, task.due);
  if (task.recurrence)
    todo.addPropertyWithValue(
      'rrule',
      ICAL.Recur.fromString(task.recurrence.rule.replace(/^RRULE:/i, '')),
    );
  for (const reminder of task.reminders) {
    const alarm = new ICAL.Component('valarm');
    alarm.addPropertyWithValue('action', 'DISPLAY');
    alarm.addPropertyWithValue('description', task.title);
    const trigger = new ICAL.Property('trigger');
    if ('at' in reminder) {
      trigger.resetType('date-time');
      trigger.setValue(utc(reminder.at));
    } else {
      trigger.setParameter('related', 'END');
      trigger.setValue(ICAL.Duration.fromString(`-${reminder.before}`));
    }
    alarm.addProperty(trigger);
    todo.addSubcomponent(alarm);
  }
  return `${todo.toString()}\r\n`;
}

/** Reads the VTODOs of a calendar; the fields are checked later. @throws Problem 400 */
export function readCalendar(text: string): unknown[] {
  let todos: ICAL.Component[];
  try {
    todos = new ICAL.Component(ICAL.parse(text) as unknown[]).getAllSubcomponents('vtodo');
  } catch (error) {
    throw invalidInput([
      { field: '(body)', message: `not iCalendar: ${(error as Error).message}` },
    ]);
  }
  return todos.map(fromVtodo);
}

function fromVtodo(todo: ICAL.Component): object {
  const value = (name: string): string | undefined => todo.getFirstPropertyValue(name)?.toString();
  const priority = Number(value('priority') ?? 0);
  const rule = value('rrule');
  const due = readDue(todo.getFirstProperty('due') ?? todo.getFirstProperty('dtstart'));
  return {
    ...(value('uid') ? { id: value('uid') } : {}),
    parentId: value('related-to') ?? null,
    title: value('summary'),
    notes: value('description') ?? '',
    status: value('status') === 'COMPLETED' || value('completed') ? 'done' : 'open',
    completedAt: instantOf(todo.getFirstPropertyValue('completed')),
    priority: priority === 0 ? 'none' : priority < 5 ? 'high' : priority === 5 ? 'medium' : 'low',
    tags: todo.getAllProperties('categories').flatMap((list) => list.getValues().map(String)),
    due,
    recurrence: rule && due ? { rule } : null,
    reminders: todo
      .getAllSubcomponents('valarm')
      .flatMap((alarm): ({ before: string } | { at: string })[] => {
        const trigger = alarm.getFirstPropertyValue('trigger');
        if (trigger instanceof ICAL.Duration) {
          if (!trigger.isNegative && trigger.toSeconds() > 0) return []; // after the due: not ours
          return due ? [{ before: trigger.toString().replace(/^-/, '') }] : [];
        }
        const at = instantOf(trigger);
        return at ? [{ at }] : [];
      }),
  };
}

function addDue(todo: ICAL.Component, due: Due): void {
  const property = new ICAL.Property('due');
  if (due.kind === 'date') {
    property.resetType('date');
    property.setValue(ICAL.Time.fromDateString(due.date));
  } else if (due.kind === 'instant') {
    property.setValue(utc(due.at));
  } else {
    property.setParameter('tzid', due.zone);
    property.setValue(ICAL.Time.fromDateTimeString(`${due.local}:00`));
  }
  todo.addProperty(property);
}

function readDue(property: ICAL.Property | null): object | null {
  const time = property?.getFirstValue();
  if (!property || !(time instanceof ICAL.Time)) return null;
  if (time.isDate) return { kind: 'date', date: time.toString() };
  if (time.toString().endsWith('Z')) return { kind: 'instant', at: time.toString() };
  const zone = property.getFirstParameter('tzid') || 'UTC';
  return { kind: 'local', local: time.toString().slice(0, 16), zone };
}

function instantOf(value: unknown): string | null {
  if (!(value instanceof ICAL.Time)) return null;
  const text = value.toString();
  return text.endsWith('Z') ? text : `${text.slice(0, 19)}Z`;
}

function utc(instant: string): ICAL.Time {
  return ICAL.Time.fromJSDate(new Date(instant), true);
}
