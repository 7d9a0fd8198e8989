// The text of an item, as a program gets it. A task that a program wrote is given back as the program wrote it: whole while nobody
// changed it since, else with only those properties replaced whose field of the task is another one by now. So what a task has no
// place for stays byte for byte, and so does what it stores more coarsely (PRIORITY:3, DTSTART beside DUE, STATUS:IN-PROCESS).
import { isDeepStrictEqual } from 'node:util';
import type { Due, Task } from '@todo/contracts/task';
import { vtodo } from '../transfer/icalendar/write-calendar.ts';
import { vtimezone } from '../transfer/icalendar/write-zone.ts';
import { contentLine, escapeText } from '../transfer/icalendar/write-lines.ts';
import type { Item } from './item-rows.ts';
import { isComponent, rawComponents, rawText } from './raw-lines.ts';
import type { RawComponent, RawPiece } from './raw-lines.ts';

/** Properties of one field, or of fields that are read together. */
const GROUP_OF: Readonly<Record<string, string>> = {
  SUMMARY: 'title',
  DESCRIPTION: 'notes',
  STATUS: 'status',
  COMPLETED: 'status',
  'PERCENT-COMPLETE': 'status',
  PRIORITY: 'priority',
  CATEGORIES: 'tags',
  'RELATED-TO': 'parent',
  DTSTART: 'time',
  DUE: 'time',
  DURATION: 'time',
  RRULE: 'time',
  RDATE: 'time',
  EXDATE: 'time',
  'X-TODO-RRULE': 'time',
  'X-TODO-ANCHOR': 'time',
  'X-TODO-ZONE': 'time',
  'X-TODO-OCCURRENCE': 'time',
  'X-TODO-REPEAT-FROM': 'time',
  'X-TODO-LEAD': 'time',
  VALARM: 'alarms',
  UID: 'uid',
  DTSTAMP: 'stamps',
  'LAST-MODIFIED': 'stamps',
  CREATED: 'created',
  'X-TODO-LIST': 'list',
};

const HEAD = 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//todo//todo-backend//EN\r\n';

/** The item's iCalendar object (RFC 4791 4.1). @param zone the person's, IANA */
export function itemText(item: Item, zone: string, now: Date): string {
  const { task, source } = item;
  if (source !== null && source.task.id === task.id && source.task.version === task.version)
    return source.text;
  const own = ownTodo(item, zone);
  const merged = source === null ? null : mergeText(item, source, own, now);
  return merged ?? `${HEAD}${zoneText(task.due, now)}${own}END:VCALENDAR\r\n`;
}

/** A finished occurrence says nothing of the rule: a program would take the whole series as finished. */
function ownTodo({ task, uid, parentUid }: Item, zone: string): string {
  const shown: Task = task.status === 'done' ? { ...task, recurrence: null } : task;
  return vtodo({ task: shown, list: null, uid, parentUid, place: null }, zone);
}

function zoneText(due: Due | null, now: Date): string {
  if (due?.kind !== 'local' || due.zone === 'UTC') return '';
  return vtimezone(due.zone, Number(due.local.slice(0, 4)), now);
}

function mergeText(
  item: Item,
  source: { readonly text: string; readonly task: Task },
  own: string,
  now: Date,
): string | null {
  const { task } = item;
  const [calendar] = rawComponents(source.text);
  const master = calendar && masterOf(calendar);
  const [ours] = rawComponents(own);
  if (!calendar || !master || !ours) return null;
  const changed = changedGroups(source.task, task);
  const stays = (part: RawPiece | RawComponent): boolean => {
    const group = groupOf(part);
    return group === undefined || !changed.has(group);
  };
  const isOther = (part: RawPiece | RawComponent): part is RawComponent =>
    isComponent(part) && part.kind === 'VTODO' && part !== master;
  const added = ours.parts.filter((part) => {
    const group = groupOf(part);
    return group !== undefined && group !== 'uid' && changed.has(group);
  });
  const uid = contentLine('UID', escapeText(item.uid));
  const parts = master.parts.filter(stays);
  const lines = parts.filter((part) => !isComponent(part));
  const within = parts.filter(isComponent);
  const asText = (list: readonly (RawPiece | RawComponent)[]): string =>
    list.map((part) => (isComponent(part) ? rawText(part) : part.raw)).join('');
  const todo =
    master.begin +
    uid +
    asText(lines) +
    asText(added.filter((part) => !isComponent(part))) +
    asText(within) +
    asText(added.filter(isComponent)) +
    master.end;
  const zones = new Set(
    calendar.parts.flatMap((part) =>
      isComponent(part) && part.kind === 'VTIMEZONE' ? [tzidOf(part)] : [],
    ),
  );
  const zoneNeeded =
    changed.has('time') && task.due?.kind === 'local' && !zones.has(task.due.zone)
      ? zoneText(task.due, now)
      : '';
  // changed occurrences belong to the dates that the program knew
  const kept = calendar.parts.filter((part) => !(changed.has('time') && isOther(part)));
  return (
    calendar.begin +
    kept
      .map((part) =>
        part === master ? zoneNeeded + todo : isComponent(part) ? rawText(part) : part.raw,
      )
      .join('') +
    calendar.end
  );
}

/** The VTODO that stands for the task: the one without a RECURRENCE-ID. */
function masterOf(calendar: RawComponent): RawComponent | undefined {
  const todos = calendar.parts.filter(
    (part): part is RawComponent => isComponent(part) && part.kind === 'VTODO',
  );
  return (
    todos.find((todo) =>
      todo.parts.every((part) => isComponent(part) || part.name !== 'RECURRENCE-ID'),
    ) ?? todos[0]
  );
}

function groupOf(part: RawPiece | RawComponent): string | undefined {
  if (isComponent(part)) return GROUP_OF[part.kind];
  // other relations than the parent are not ours
  if (part.name === 'RELATED-TO' && /;RELTYPE=(?!"?PARENT)/i.test(part.text)) return undefined;
  return GROUP_OF[part.name];
}

function tzidOf(zone: RawComponent): string {
  const line = zone.parts.find(
    (part): part is RawPiece => !isComponent(part) && part.name === 'TZID',
  );
  return line?.text.slice(line.text.indexOf(':') + 1).trim() ?? '';
}

/** Groups whose fields differ. What was written last is always ours. */
function changedGroups(before: Task, after: Task): Set<string> {
  const recurrence = (task: Task): unknown => (task.status === 'done' ? null : task.recurrence);
  const reminders = (task: Task): unknown[] =>
    task.reminders.map((one) => ('at' in one ? { at: one.at } : { before: one.before }));
  const same: Record<string, boolean> = {
    title: before.title === after.title,
    notes: before.notes === after.notes,
    status: before.status === after.status && before.completedAt === after.completedAt,
    priority: before.priority === after.priority,
    tags: isDeepStrictEqual(before.tags, after.tags),
    parent: before.parentId === after.parentId,
    time:
      isDeepStrictEqual(before.due, after.due) &&
      isDeepStrictEqual(recurrence(before), recurrence(after)),
    alarms: isDeepStrictEqual(reminders(before), reminders(after)),
    created: before.id === after.id,
  };
  return new Set(['uid', 'stamps', ...Object.keys(same).filter((group) => same[group] === false)]);
}
