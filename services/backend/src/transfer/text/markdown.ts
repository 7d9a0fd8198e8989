// Markdown checklists, as notes programs and code forges have them: `- [ ] task`, deeper ones are subtasks, a heading is a list.
// Other text below a task goes into its notes. The signs of Obsidian's Tasks are read: 📅 ⏳ 🛫 ➕ ✅ with a day, ⏫ for a priority,
// 🔁 with words.
import type { ExportedTask } from '../../tasks/export-rows.ts';
import { parseQuickAdd } from '../../quick-add/parse-quick-add.ts';
import { contentNames } from '../entry-names.ts';
import { changed, leftOut, quote } from '../entry.ts';
import type { Draft, DraftRecurrence, Note, ReadContext, Reader, StagedEntry } from '../entry.ts';
import { listName } from '../list-name.ts';
import { textLines } from './lines.ts';

interface Item {
  readonly title: string;
  /** What is between the brackets. */
  readonly mark: string;
  readonly list: string | undefined;
  readonly notes: string[];
}

/** The reader. */
export function markdownReader(context: ReadContext): Reader {
  return {
    format: 'markdown',
    hasWorldwideUids: false,
    entries: async function* (text) {
      const nameByContent = contentNames();
      let list: string | undefined;
      let open: StagedEntry | undefined;
      let above: { indent: number; uid: string }[] = [];
      for await (const { line, number } of textLines(text)) {
        const heading = /^#{1,6} +(.+?)\s*#*$/.exec(line)?.[1];
        if (heading !== undefined) {
          list = listName(heading);
          above = [];
          if (open) yield open;
          open = undefined;
          continue;
        }
        const [, space = '', mark = ' ', title = ''] =
          /^(\s*)(?:[-*+]|\d+[.)]) \[([ xX/<>?!*-])\] +(.*)$/.exec(line) ?? [];
        if (title === '') {
          if (open && line.trim() !== '' && /^\s/.test(line))
            (open.content as Item).notes.push(line.trim());
          continue;
        }
        if (open) yield open;
        const indent = space.replaceAll('\t', '    ').length;
        above = above.filter((one) => one.indent < indent);
        const parentUid = above.at(-1)?.uid;
        const item: Item = { title, mark, list, notes: [] };
        const uid = nameByContent([parentUid, title, list]);
        above.push({ indent, uid });
        open = { uid, parentUid, line: number, content: item };
      }
      if (open) yield open;
    },
    finish: (entry) => draftOf(entry.content as Item, context),
    lists: () => [],
    remarks: () => [],
  };
}

/** Days that stand behind a sign. */
const DAYS = {
  due: /(?:📅|due:)\s*/u,
  scheduled: /⏳\s*/u,
  start: /🛫\s*/u,
  created: /➕\s*/u,
  done: /✅\s*/u,
  canceled: /❌\s*/u,
} as const;
const PRIORITIES: readonly (readonly [RegExp, string])[] = [
  [/[⏫🔺]\uFE0F?/gu, 'high'],
  [/🔼\uFE0F?/gu, 'medium'],
  [/[🔽⏬]\uFE0F?/gu, 'low'],
];

function draftOf({ title, mark, list, notes }: Item, context: ReadContext): Draft {
  const remarks: Note[] = [];
  const tags: string[] = [];
  let text = title;
  const day = (name: keyof typeof DAYS): string | undefined => {
    let found: string | undefined;
    text = text.replace(
      new RegExp(`${DAYS[name].source}(\\d{4}-\\d\\d-\\d\\d)`, 'u'),
      (_all, date: string) => {
        found = date;
        return '';
      },
    );
    return found;
  };
  const due = day('due');
  const scheduled = day('scheduled');
  const created = day('created');
  const completed = day('done') ?? day('canceled');
  if (day('start') !== undefined) remarks.push(leftOut('🛫', 'tasks have no start date'));
  if (due !== undefined && scheduled !== undefined)
    remarks.push(leftOut('⏳', `a task has only one due date: ${quote(scheduled)}`));
  let priority = 'none';
  for (const [sign, level] of PRIORITIES)
    text = text.replace(sign, () => {
      priority = level;
      return '';
    });
  const when = due ?? scheduled;
  text = text.replace(/(^|\s)#([\p{L}\d][\p{L}\d/_-]*)/gu, (_all, space: string, tag: string) => {
    tags.push(tag);
    return space;
  });
  let recurrence: DraftRecurrence | null = null;
  text = text.replace(/🔁\s*([^\p{Extended_Pictographic}]*)/u, (_all, words: string) => {
    recurrence = when === undefined ? null : ruleOf(words.trim(), context);
    if (recurrence === null)
      remarks.push(leftOut('🔁', `${quote(words.trim())} could not be read`));
    return '';
  });
  const isDone = /[x-]/i.test(mark);
  if (mark === '-') remarks.push(changed('[-]', 'canceled: imported as done'));
  const at = (date: string | undefined): string | undefined =>
    date === undefined ? undefined : `${date}T12:00:00.000Z`;
  return {
    title: text.replace(/\s+/g, ' ').trim(),
    notes: notes.join('\n'),
    status: isDone ? 'done' : 'open',
    completedAt: isDone ? at(completed) : null,
    createdAt: at(created),
    priority,
    tags,
    due: when === undefined ? null : { kind: 'date', date: when },
    recurrence,
    list: list === undefined ? undefined : { name: list, copy: 0 },
    remarks,
  };
}

/** “every week”, “every 2 days when done”. Null for what is not understood as a whole. */
function ruleOf(words: string, { zone, now }: ReadContext): DraftRecurrence | null {
  const phrase = words.replace(/\s+when done$/i, '');
  const read = parseQuickAdd(`x ${phrase}`, { zone, now, locale: 'en' });
  if (read.recurrence === null || read.title.trim() !== 'x') return null;
  const { rule } = read.recurrence;
  return phrase === words ? { rule } : { rule, from: 'completion' };
}

/** Tasks as a checklist: titles, tags, due dates and notes; subtasks below their parents, lists as headings. */
export async function* writeMarkdown(
  pages: AsyncIterable<readonly ExportedTask[]>,
): AsyncGenerator<string> {
  // a checklist is in the order of its tree, which no page has: what is printed of each task is kept, and no more
  const children = new Map<string | null, { uid: string; list: string | null; text: string[] }[]>();
  const known = new Set<string>();
  const all: { uid: string; parentUid: string | null; list: string | null; text: string[] }[] = [];
  for await (const page of pages)
    for (const { task, uid, parentUid, list } of page) {
      known.add(uid);
      const due =
        task.due === null
          ? ''
          : ` due:${(task.due.kind === 'date' ? task.due.date : task.due.kind === 'local' ? task.due.local : task.due.at).slice(0, 10)}`;
      const tags = task.tags
        .map((tag) => ` #${tag.trim().replace(/[^\p{L}\d/_-]+/gu, '-')}`)
        .join('');
      const title = task.title.replace(/\s+/g, ' ').trim();
      const text = [
        `- [${task.status === 'done' ? 'x' : ' '}] ${title}${tags}${due}`,
        ...(task.notes === '' ? [] : task.notes.split(/\r\n|\r|\n/).map((line) => `  ${line}`)),
      ];
      all.push({ uid, parentUid, list, text });
    }
  for (const one of all) {
    const parent = one.parentUid !== null && known.has(one.parentUid) ? one.parentUid : null;
    const siblings = children.get(parent);
    if (siblings) siblings.push(one);
    else children.set(parent, [one]);
  }
  const top = children.get(null) ?? [];
  const lists = [...new Set(top.map((one) => one.list))].sort((a, b) =>
    a === null ? -1 : b === null ? 1 : 0,
  );
  for (const list of lists) {
    if (list !== null) yield `\n# ${list.replace(/\s+/g, ' ')}\n\n`;
    for (const one of top.filter((task) => task.list === list)) yield treeOf(one, '', children);
  }
}

function treeOf(
  one: { uid: string; text: string[] },
  indent: string,
  children: ReadonlyMap<string | null, { uid: string; list: string | null; text: string[] }[]>,
): string {
  const own = one.text.map((line) => `${indent}${line}\n`).join('');
  const below = (children.get(one.uid) ?? []).map((child) =>
    treeOf(child, `${indent}  `, children),
  );
  return own + below.join('');
}
