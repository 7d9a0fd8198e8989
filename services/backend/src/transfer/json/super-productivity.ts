// Super Productivity's backup or sync file: tasks, projects and tags as tables of their own, by id. Archived tasks are in it too.
import { leftOut } from '../entry.ts';
import type { Note } from '../entry.ts';
import type { ForeignEntry } from './foreign-entry.ts';
import { listName } from '../list-name.ts';
import { instantOf, list, record, textOf } from './values.ts';

/** Its tasks. */
export function fromSuperProductivity(value: unknown): ForeignEntry[] {
  const file = record(value);
  // a backup, a sync file of 2026, one from before
  const inner = ['data', 'state', 'mainModelData'].map((name) => record(file[name]));
  const data = [file, ...inner].find((one) => 'task' in one) ?? {};
  const names = (table: string): Map<string, string> =>
    new Map(
      Object.entries(record(record(data[table])['entities'])).flatMap(([id, one]) => {
        const title = textOf(record(one)['title']);
        return title === undefined ? [] : [[id, title] as const];
      }),
    );
  const projects = names('project');
  const tags = names('tag');
  const archives = ['archiveYoung', 'archiveOld', 'taskArchive'].map((name) => {
    const archive = record(data[name] ?? file[name]);
    return 'task' in archive ? record(archive['task']) : archive;
  });
  return [record(data['task']), ...archives].flatMap((table) =>
    Object.values(record(table['entities'])).map((one) => entryOf(record(one), projects, tags)),
  );
}

function entryOf(
  task: Record<string, unknown>,
  projects: ReadonlyMap<string, string>,
  tags: ReadonlyMap<string, string>,
): ForeignEntry {
  const remarks: Note[] = [];
  const uid = textOf(task['id']);
  const parentUid = textOf(task['parentId']);
  const project = projects.get(textOf(task['projectId']) ?? '');
  if (textOf(task['repeatCfgId']) !== undefined)
    remarks.push(leftOut('repeatCfgId', 'repetitions of this program are not imported'));
  const at = instantOf(task['dueWithTime'] ?? task['plannedAt']);
  const day = /^\d{4}-\d\d-\d\d$/.exec(textOf(task['dueDay']) ?? '')?.[0];
  const done = task['isDone'] === true;
  return {
    ...(uid === undefined ? {} : { uid }),
    ...(parentUid === undefined ? {} : { parentUid }),
    draft: {
      title: textOf(task['title']),
      notes: textOf(task['notes']) ?? '',
      status: done ? 'done' : 'open',
      completedAt: done ? instantOf(task['doneOn']) : null,
      createdAt: instantOf(task['created']),
      tags: list(task['tagIds'])
        .flatMap((id) => tags.get(textOf(id) ?? '') ?? [])
        .filter((tag) => tag !== 'Today'),
      list:
        project === undefined || project === 'Inbox'
          ? undefined
          : { name: listName(project), copy: 0 },
      due:
        at !== null
          ? { kind: 'instant', at }
          : day === undefined
            ? null
            : { kind: 'date', date: day },
      remarks,
    },
  };
}
