// Google Tasks from Takeout: lists with their tasks; `due` is a day, written as midnight UTC; subtasks name their parent.
import { leftOut } from '../entry.ts';
import type { Note } from '../entry.ts';
import type { ForeignEntry } from './foreign-entry.ts';
import { listName } from '../list-name.ts';
import { instantOf, list, record, textOf } from './values.ts';

/** Its tasks. */
export function fromGoogleTasks(value: unknown): ForeignEntry[] {
  const top = record(value);
  const lists = top['kind'] === 'tasks#tasks' ? [top] : list(top['items']);
  return lists.flatMap((one) => {
    const { title: name, items } = record(one);
    return list(items).map((item) => entryOf(record(item), textOf(name)));
  });
}

function entryOf(task: Record<string, unknown>, name: string | undefined): ForeignEntry {
  const remarks: Note[] = [];
  const uid = textOf(task['id']);
  const parentUid = textOf(task['parent']);
  const title = textOf(task['title']);
  const named = {
    ...(uid === undefined ? {} : { uid }),
    ...(parentUid === undefined ? {} : { parentUid }),
  };
  if (task['deleted'] === true)
    return { ...named, draft: { title, remarks, leftOut: 'deleted in the other program' } };
  const links = list(task['links']).flatMap((link) => textOf(record(link)['link']) ?? []);
  if (task['task_type'] === 'RECURRING' || task['recurrence'] !== undefined)
    remarks.push(leftOut('recurrence', 'Takeout does not include the repetition'));
  const done = task['status'] === 'completed';
  return {
    ...named,
    draft: {
      title,
      notes: [textOf(task['notes']) ?? '', ...links].filter((text) => text !== '').join('\n\n'),
      status: done ? 'done' : 'open',
      completedAt: done ? instantOf(task['completed']) : null,
      createdAt: instantOf(task['created']),
      updatedAt: instantOf(task['updated']),
      due: dateOf(task['due']),
      list: name === undefined ? undefined : { name: listName(name), copy: 0 },
      remarks,
    },
  };
}

function dateOf(value: unknown): object | null {
  const date = /^\d{4}-\d\d-\d\d/.exec(textOf(value) ?? '')?.[0];
  return date === undefined ? null : { kind: 'date', date };
}
