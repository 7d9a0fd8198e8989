// Things: the array that its `json` command takes (https://culturedcode.com/things/support/articles/2803573/), which scripts export
// too, and the rows of thingsapi's tools, with uuid and status. A project or an area is a list here, a heading a tag, a checklist
// item a subtask. Things has a day to begin ("when") and a deadline; a task here has one due: the deadline, else the day.
import { localDate } from '@todo/contracts/due';
import { changed, leftOut, quote } from '../entry.ts';
import type { DraftDue, Note, ReadContext } from '../entry.ts';
import { listName } from '../list-name.ts';
import type { ForeignEntry } from './foreign-entry.ts';
import { instantOf, list, record, textOf } from './values.ts';

/** Where an item is. */
interface Place {
  readonly list?: string | undefined;
  readonly heading?: string | undefined;
  readonly parentUid?: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** Whether a file is one of Things. @param head its first part */
export function isThings(head: string): boolean {
  return /^[[{]/.test(head) && /"type"\s*:\s*"(to-do|project|heading)"/.test(head);
}

/** Its to-dos. */
export function fromThings(value: unknown, context: ReadContext): ForeignEntry[] {
  const items = Array.isArray(value) ? value : [value];
  return itemsOf(items, {}, 'things', context);
}

function itemsOf(
  items: readonly unknown[],
  place: Place,
  path: string,
  context: ReadContext,
): ForeignEntry[] {
  let heading = place.heading;
  return items.flatMap((item, index) => {
    const outer = record(item);
    const inner = record(outer['attributes']);
    const fields: Fields = { ...outer, ...inner };
    const uid = textOf(fields['uuid']) ?? textOf(outer['id']) ?? `${path}/${index + 1}`;
    switch (outer['type']) {
      case 'heading':
        heading = textOf(fields['title']);
        return itemsOf(list(fields['items']), { ...place, heading }, uid, context);
      case 'area':
        return itemsOf(list(fields['items']), { list: textOf(fields['title']) }, uid, context);
      case 'project':
        return projectOf(fields, uid, context);
      default:
        return toDoOf(fields, uid, { ...place, heading }, context);
    }
  });
}

/** A project's to-dos; what the project says beside its name has no place in a list. */
function projectOf(fields: Fields, uid: string, context: ReadContext): ForeignEntry[] {
  const title = textOf(fields['title']);
  const items = list(fields['items']);
  const lost = ['notes', 'deadline', 'when', 'tags'].filter((name) => {
    const value = fields[name];
    return Array.isArray(value) ? value.length > 0 : textOf(value) !== undefined;
  });
  const what = lost.length === 0 ? '' : `: its ${lost.join(', ')} are not imported`;
  const why = `a project becomes the list of its to-dos${what}`;
  const about: ForeignEntry[] =
    lost.length > 0 || items.length === 0
      ? [{ uid, draft: { title, remarks: [], leftOut: why } }]
      : [];
  return [...about, ...itemsOf(items, { list: title }, uid, context)];
}

function toDoOf(fields: Fields, uid: string, place: Place, context: ReadContext): ForeignEntry[] {
  const remarks: Note[] = [];
  const named =
    place.list ??
    ['project_title', 'area_title', 'list']
      .map((name) => textOf(fields[name]))
      .find((name) => name !== undefined);
  const heading = place.heading ?? textOf(fields['heading_title']) ?? textOf(fields['heading']);
  if (heading !== undefined)
    remarks.push(changed('heading', `${quote(heading)} was imported as a tag`));
  const isCanceled = fields['canceled'] === true || fields['status'] === 'canceled';
  if (isCanceled) remarks.push(changed('canceled', 'imported as done'));
  const isDone = isCanceled || fields['completed'] === true || fields['status'] === 'completed';
  const isSomeday = textOf(fields['when']) === 'someday' || fields['start'] === 'Someday';
  const completed = fields['completion-date'] ?? fields['stop_date'];
  const tags = [
    ...list(fields['tags']).map((tag) => textOf(tag) ?? record(tag)['title']),
    ...(heading === undefined ? [] : [heading]),
    ...(isSomeday && !isDone ? ['someday'] : []),
  ];
  const task: ForeignEntry = {
    uid,
    ...(place.parentUid === undefined ? {} : { parentUid: place.parentUid }),
    draft: {
      title: textOf(fields['title']),
      notes: textOf(fields['notes']) ?? '',
      status: isDone ? 'done' : 'open',
      completedAt: isDone ? instantOf(completed) : null,
      createdAt: instantOf(fields['creation-date'] ?? fields['created']),
      updatedAt: instantOf(fields['modified']),
      tags,
      list: named === undefined ? undefined : { name: listName(named), copy: 0 },
      due: dueOf(fields, context, remarks),
      remarks,
    },
  };
  const checklist = [...list(fields['checklist-items']), ...list(fields['checklist'])];
  const below = { list: named, parentUid: uid };
  return [task, ...itemsOf(checklist, below, `${uid}/checklist`, context)];
}

function dueOf(fields: Fields, context: ReadContext, remarks: Note[]): DraftDue | null {
  const deadline = textOf(fields['deadline'] ?? fields['due_date']);
  const when = textOf(fields['when'] ?? fields['start_date']);
  const [last, first] = [dayOf(deadline, context), dayOf(when, context)];
  const isNoDay = ['anytime', 'someday'].includes(when ?? '');
  if (deadline !== undefined && last === null)
    remarks.push(leftOut('deadline', `${quote(deadline)} could not be read`));
  if (when !== undefined && first === null && !isNoDay)
    remarks.push(leftOut('when', `${quote(when)} could not be read`));
  if (last !== null && first !== null && JSON.stringify(last) !== JSON.stringify(first))
    remarks.push(leftOut('when', `${quote(when)}: a task has only one due date, the deadline`));
  return last ?? first;
}

/** `today`, `2027-03-01`, `2027-03-01@14:00`, or an instant. */
function dayOf(text: string | undefined, { zone, now }: ReadContext): DraftDue | null {
  if (text === undefined) return null;
  if (['today', 'evening', 'tonight'].includes(text))
    return { kind: 'date', date: localDate(now, zone) };
  if (text === 'tomorrow') {
    const next = new Date(`${localDate(now, zone)}T12:00:00Z`);
    next.setUTCDate(next.getUTCDate() + 1);
    return { kind: 'date', date: next.toISOString().slice(0, 10) };
  }
  const [, date, time] = /^(\d{4}-\d\d-\d\d)(?:@(\d\d?:\d\d))?$/.exec(text) ?? [];
  if (date !== undefined)
    return time === undefined
      ? { kind: 'date', date }
      : { kind: 'local', local: `${date}T${time.padStart(5, '0')}`, zone };
  const at = /^\d{4}-\d\d-\d\dT/.test(text) ? instantOf(text) : null;
  return at === null ? null : { kind: 'instant', at };
}
