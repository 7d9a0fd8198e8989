// The text of an item, as a program gets it. A task that a program wrote is given back as the program wrote it: whole while nobody
// changed it since, else with only those properties replaced whose field of the task is another one by now. So what a task has no
// place for stays byte for byte, and so does what it stores more coarsely (PRIORITY:3, DTSTART beside DUE, STATUS:IN-PROCESS).
import { isDeepStrictEqual } from 'node:util';
import type { Task } from '@todo/contracts/task';
import { countedIn, isRepeating } from '../tasks/exceptions.ts';
import { asUsual } from '../tasks/usual-fields.ts';
import { parseLine } from '../transfer/icalendar/content-lines.ts';
import { occurrencesBeside } from '../transfer/icalendar/occurrences-beside.ts';
import { startNamed, startOfEntry } from '../transfer/icalendar/occurrences.ts';
import { readTime } from '../transfer/icalendar/read-time.ts';
import { vtodo, zonesOf } from '../transfer/icalendar/write-calendar.ts';
import { fileZones } from '../transfer/icalendar/zones.ts';
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
  'X-TODO-NO-ALARM': 'alarms',
};

const HEAD = 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//todo//todo-backend//EN\r\n';

/** The item's iCalendar object (RFC 4791 4.1). @param zone the person's, IANA */
export function itemText(item: Item, zone: string, now: Date): string {
  const { task, source } = item;
  if (source !== null && source.task.id === task.id && source.task.version === task.version)
    return source.text;
  const own = ownTodo(item, zone);
  const merged = source === null ? null : mergeText(item, source, own, zone, now);
  return merged ?? `${HEAD}${zoneTexts(task, [], now)}${own}END:VCALENDAR\r\n`;
}

/** A finished occurrence says nothing of the rule: a program would take the whole series as finished. */
function ownTodo({ task, uid, parentUid }: Item, zone: string): string {
  const shown: Task = task.status === 'done' ? { ...task, recurrence: null } : task;
  return vtodo({ task: shown, list: null, uid, parentUid, place: null }, zone);
}

/** Definitions of the zones that a task names. @param known those that are there already */
function zoneTexts(task: Task, known: readonly string[], now: Date): string {
  const year = task.due?.kind === 'local' ? Number(task.due.local.slice(0, 4)) : now.getFullYear();
  return zonesOf(task)
    .filter((zone) => zone !== 'UTC' && !known.includes(zone))
    .map((zone) => vtimezone(zone, year, now))
    .join('');
}

function mergeText(
  item: Item,
  source: { readonly text: string; readonly task: Task },
  own: string,
  zone: string,
  now: Date,
): string | null {
  const { task, uid } = item;
  const [calendar] = rawComponents(source.text);
  const master = calendar && masterOf(calendar);
  const [ours] = rawComponents(own);
  if (!calendar || !master || !ours) return null;
  const changed = changedGroups(asSeries(source.task), asSeries(task));
  const beside = mergeBeside(calendar, master, source.task, item, own, zone, now);
  const zones = calendar.parts.flatMap((part) =>
    isComponent(part) && part.kind === 'VTIMEZONE' ? [tzidOf(part)] : [],
  );
  const zonesNeeded = changed.has('time') || beside.hasOurs ? zoneTexts(task, zones, now) : '';
  const text = (part: RawPiece | RawComponent): string => {
    if (!isComponent(part)) return part.raw;
    if (part === master)
      return zonesNeeded + mergeTodo(master, ours, changed, uid) + beside.added.join('');
    if (part.kind !== 'VTODO') return rawText(part);
    // a finished or unknown occurrence belongs to the dates that the program knew
    return beside.texts.get(part) ?? (changed.has('time') ? '' : rawText(part));
  };
  return calendar.begin + calendar.parts.map(text).join('') + calendar.end;
}

/** The changed occurrences of a program's text, as they are now; `added`: those that it does not have; `hasOurs`: some are not its own. */
function mergeBeside(
  calendar: RawComponent,
  master: RawComponent,
  before: Task,
  { task, uid }: Item,
  own: string,
  zone: string,
  now: Date,
): { texts: Map<RawComponent, string>; added: string[]; hasOurs: boolean } {
  const texts = new Map<RawComponent, string>();
  const tasksBefore = shownBeside(before, zone);
  const tasksNow = task.status === 'done' ? new Map<string, Task>() : shownBeside(task, zone);
  const todos = rawComponents(own)
    .filter((one) => one.kind === 'VTODO')
    .slice(1);
  // in the order in which vtodo() writes them
  const ours = new Map([...tasksNow.keys()].map((on, n) => [on, todos[n]]));
  let merged = 0;
  const namesOf = startNamer(calendar, master, before, zone, now);
  for (const part of calendar.parts) {
    if (!isComponent(part) || part.kind !== 'VTODO') continue;
    const on = namesOf(part);
    const was = on === null ? undefined : tasksBefore.get(on);
    const is = on === null ? undefined : tasksNow.get(on);
    const our = on === null ? undefined : ours.get(on);
    if (on === null || (!was && !is)) continue;
    const changed = was && is ? changedGroups(was, is) : new Set(Object.values(GROUP_OF));
    const isSame = [...changed].every((group) => ['uid', 'stamps', 'created'].includes(group));
    if (!is || !our) texts.set(part, '');
    else if (isSame && uidOf(part) === uid) texts.set(part, rawText(part));
    else {
      texts.set(part, mergeTodo(part, our, changed, uid));
      merged += 1;
    }
    ours.delete(on);
  }
  const added = [...ours.values()].flatMap((one) => (one ? [rawText(one)] : []));
  return { texts, added, hasOurs: added.length > 0 || merged > 0 };
}

/** A component with the changed groups as ours has them. */
function mergeTodo(
  todo: RawComponent,
  ours: RawComponent,
  changed: ReadonlySet<string>,
  uid: string,
): string {
  const isChanged = (part: RawPiece | RawComponent): boolean => {
    const group = groupOf(part);
    return group !== undefined && changed.has(group);
  };
  const parts = todo.parts.filter((part) => !isChanged(part));
  const added = ours.parts.filter((part) => isChanged(part) && groupOf(part) !== 'uid');
  const asText = (list: readonly (RawPiece | RawComponent)[]): string =>
    list.map((part) => (isComponent(part) ? rawText(part) : part.raw)).join('');
  return (
    todo.begin +
    contentLine('UID', escapeText(uid)) +
    asText(parts.filter((part) => !isComponent(part))) +
    asText(added.filter((part) => !isComponent(part))) +
    asText(parts.filter(isComponent)) +
    asText(added.filter(isComponent)) +
    todo.end
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

/** The task as its series is written: a finished occurrence is a record of its own. */
function asSeries(task: Task): Task {
  return task.status === 'done' ? task : asUsual(task);
}

/** The occurrences beside the series, as they are shown, by their start. */
function shownBeside(task: Task, zone: string): Map<string, Task> {
  if (!isRepeating(task)) return new Map();
  return new Map(occurrencesBeside(task, zone).map((one) => [one.on, one.task]));
}

function uidOf(todo: RawComponent): string | undefined {
  const line = todo.parts.find(
    (part): part is RawPiece => !isComponent(part) && part.name === 'UID',
  );
  return line && parseLine(line.text).values[0];
}

/** Names the start of the occurrence that a component changes; null for one of none. */
function startNamer(
  calendar: RawComponent,
  master: RawComponent,
  task: Task,
  zone: string,
  now: Date,
): (todo: RawComponent) => string | null {
  if (!isRepeating(task)) return () => null;
  const zones = fileZones(zone, now);
  for (const part of calendar.parts)
    if (isComponent(part) && part.kind === 'VTIMEZONE') zones.define(rawText(part));
  const counted = countedIn(task.due, task.recurrence, zone);
  const ownLines = master.parts.flatMap((part) => (isComponent(part) ? [] : [part.text]));
  const start = startOfEntry(ownLines, { zone, zones });
  return (todo) => {
    const line = todo.parts.find(
      (part): part is RawPiece => !isComponent(part) && part.name === 'RECURRENCE-ID',
    );
    const status = todo.parts.find(
      (part): part is RawPiece => !isComponent(part) && part.name === 'STATUS',
    );
    if (!line || /:\s*(COMPLETED|CANCELLED)\s*$/i.test(status?.text ?? '')) return null;
    try {
      const time = readTime(parseLine(line.text), { zone, zones }, []);
      return time && start && startNamed(time, { start, counted });
    } catch {
      return null;
    }
  };
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
  const leftOut = (task: Task): string[] =>
    (task.exceptions ?? []).filter(({ change }) => change === null).map(({ on }) => on);
  const same: Record<string, boolean> = {
    title: before.title === after.title,
    notes: before.notes === after.notes,
    status: before.status === after.status && before.completedAt === after.completedAt,
    priority: before.priority === after.priority,
    tags: isDeepStrictEqual(before.tags, after.tags),
    parent: before.parentId === after.parentId,
    time:
      isDeepStrictEqual(before.due, after.due) &&
      isDeepStrictEqual(recurrence(before), recurrence(after)) &&
      isDeepStrictEqual(leftOut(before), leftOut(after)),
    alarms: isDeepStrictEqual(reminders(before), reminders(after)),
    created: before.id === after.id,
  };
  return new Set(['uid', 'stamps', ...Object.keys(same).filter((group) => same[group] === false)]);
}
