// Vikunja's data.json: projects with their tasks, labels, reminders and relations; "no time" is the year 1, priorities go from 0 to
// 5, `repeat_after` is in seconds and `repeat_mode` 1 is monthly, 2 from completion.
import { changed, leftOut } from '../entry.ts';
import type { DraftRecurrence, DraftReminder, Note } from '../entry.ts';
import type { ForeignEntry } from './foreign-entry.ts';
import { listName } from '../list-name.ts';
import { instantOf, list, record, textOf } from './values.ts';

const PRIORITIES = ['none', 'low', 'medium', 'high', 'high', 'high'] as const;
const DAY = 86_400;

/** Its tasks. */
export function fromVikunja(value: unknown): ForeignEntry[] {
  return list(value).flatMap((one) => projectOf(record(one)));
}

function projectOf(project: Record<string, unknown>): ForeignEntry[] {
  const name = textOf(project['title']);
  const own = list(project['tasks']).map((task) => entryOf(record(task), name));
  // before 2023 projects were lists within namespaces
  return [...own, ...list(project['lists']).flatMap((one) => projectOf(record(one)))];
}

function entryOf(task: Record<string, unknown>, name: string | undefined): ForeignEntry {
  const remarks: Note[] = [];
  const id = textOf(task['id']);
  const uid = textOf(task['uid']) ?? (id === undefined ? undefined : `vikunja:${id}`);
  const [parent] = list(record(task['related_tasks'])['parenttask']);
  const parentUid = textOf(record(parent)['uid']) ?? vikunjaId(record(parent)['id']);
  const done = task['done'] === true;
  const due = instantOf(task['due_date']);
  if (list(task['attachments']).length > 0)
    remarks.push(leftOut('attachments', 'tasks have no attachments'));
  if (list(task['comments']).length > 0) remarks.push(changed('comments', 'added to the notes'));
  const comments = list(task['comments']).flatMap(
    (one) => plain(textOf(record(one)['comment'])) ?? [],
  );
  const priority = Number(task['priority'] ?? 0);
  return {
    ...(uid === undefined ? {} : { uid }),
    ...(parentUid === undefined ? {} : { parentUid }),
    draft: {
      title: textOf(task['title']),
      notes: [plain(textOf(task['description'])) ?? '', ...comments]
        .filter((text) => text !== '')
        .join('\n\n'),
      status: done ? 'done' : 'open',
      completedAt: done ? instantOf(task['done_at']) : null,
      createdAt: instantOf(task['created']),
      updatedAt: instantOf(task['updated']),
      priority: PRIORITIES[priority] ?? 'none',
      tags: list(task['labels']).map((label) => record(label)['title']),
      list: name === undefined || name === 'Inbox' ? undefined : { name: listName(name), copy: 0 },
      due: due === null ? null : { kind: 'instant', at: due },
      recurrence: recurrenceOf(task, remarks),
      reminders: list(task['reminders']).flatMap((one) => reminderOf(one)),
      remarks,
    },
  };
}

function vikunjaId(value: unknown): string | undefined {
  const id = textOf(value);
  return id === undefined ? undefined : `vikunja:${id}`;
}

function reminderOf(value: unknown): DraftReminder[] {
  const at = instantOf(typeof value === 'string' ? value : record(value)['reminder']);
  return at === null ? [] : [{ at }];
}

function recurrenceOf(task: Record<string, unknown>, remarks: Note[]): DraftRecurrence | null {
  const seconds = Number(task['repeat_after'] ?? 0);
  const mode = Number(task['repeat_mode'] ?? 0);
  if (mode === 1) return { rule: 'FREQ=MONTHLY' };
  if (!(seconds > 0)) return null;
  if (seconds % DAY !== 0) {
    remarks.push(leftOut('repeat_after', `${seconds} seconds: a task repeats in whole days`));
    return null;
  }
  const days = seconds / DAY;
  const rule = days % 7 === 0 ? `FREQ=WEEKLY;INTERVAL=${days / 7}` : `FREQ=DAILY;INTERVAL=${days}`;
  return { rule: rule.replace(';INTERVAL=1', ''), ...(mode === 2 ? { from: 'completion' } : {}) };
}

/** Descriptions are HTML: its tags are taken out, paragraphs stay. */
function plain(html: string | undefined): string | undefined {
  if (html === undefined || !html.includes('<')) return html;
  return html
    .replace(/<\/(p|li|h\d)>|<br\s*\/?>/gi, '\n')
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll(/&(#39|apos);/g, "'")
    .replaceAll('&nbsp;', ' ')
    .replaceAll('&amp;', '&')
    .trim();
}
