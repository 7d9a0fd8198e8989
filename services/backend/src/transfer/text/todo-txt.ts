// todo.txt: one task a line, `x` for done, `(A)` for a priority, dates before the text, `+project`, `@context` and `key:value` in it.
// Projects and contexts become tags; `due:` and `rec:` are what most programs agree on beyond the format itself.
import { leftOut, quote, changed } from '../entry.ts';
import type { Draft, DraftRecurrence, Note, Reader } from '../entry.ts';
import type { ExportedTask } from '../../tasks/export-rows.ts';
import { textLines } from './lines.ts';

const PRIORITY_LETTERS = { high: 'A', medium: 'B', low: 'C' } as const;
const UNITS: Readonly<Record<string, string>> = {
  d: 'DAILY',
  w: 'WEEKLY',
  m: 'MONTHLY',
  y: 'YEARLY',
};
const DATE = String.raw`\d{4}-\d\d-\d\d`;

/** The reader. */
export function todoTxtReader(): Reader {
  return {
    format: 'todo.txt',
    hasWorldwideUids: false,
    entries: async function* (text) {
      for await (const { line, number } of textLines(text))
        if (line.trim() !== '') yield { line: number, content: line.trim() };
    },
    finish: (entry) => draftOf(String(entry.content)),
    lists: () => [],
    remarks: () => [],
  };
}

function draftOf(line: string): Draft {
  const remarks: Note[] = [];
  const match = new RegExp(`^(x )?(?:\\(([A-Z])\\) )?(?:(${DATE}) )?(?:(${DATE}) )?(.*)$`).exec(
    line,
  );
  const [, done, letter, first, second, rest = ''] = match ?? [];
  let due: string | undefined;
  let recurrence: DraftRecurrence | null = null;
  let priority = letterOf(letter);
  const tags: string[] = [];
  const words = rest.split(/ +/).flatMap((word) => {
    const tag = /^[+@](\S+)$/.exec(word)?.[1];
    if (tag !== undefined) {
      tags.push(tag);
      return [];
    }
    const [, key = '', value = ''] = /^([A-Za-z][\w-]*):([^\s/]\S*)$/.exec(word) ?? [];
    switch (key.toLowerCase()) {
      case 'due':
        due = value;
        return [];
      case 'pri':
        priority = letterOf(value.toUpperCase());
        return [];
      case 'rec': {
        recurrence = ruleOf(value);
        if (!recurrence)
          remarks.push(leftOut('rec', `${quote(value)}: expected a value such as 1w or +2m`));
        return [];
      }
      case 't':
        remarks.push(leftOut('t', `${quote(value)}: tasks have no start date`));
        return [];
      default:
        return [word];
    }
  });
  if (tags.length > 0) remarks.push(changed('projects and contexts', 'imported as tags'));
  const created = done ? second : first;
  return {
    title: words.join(' '),
    status: done ? 'done' : 'open',
    completedAt: done && first !== undefined ? `${first}T12:00:00Z` : null,
    createdAt: created === undefined ? null : `${created}T12:00:00Z`,
    priority,
    tags,
    due: due === undefined ? null : { kind: 'date', date: due },
    recurrence,
    remarks,
  };
}

function letterOf(letter: string | undefined): string {
  if (letter === undefined || !/^[A-Z]$/.test(letter)) return 'none';
  return letter === 'A' ? 'high' : letter === 'B' ? 'medium' : 'low';
}

/** `1w` counts from completion, `+1w` from the due; `b` (business days) is every weekday. */
function ruleOf(value: string): DraftRecurrence | null {
  const [, strict, n = '', unit = ''] = /^(\+)?(\d{1,3})([dwmyb])$/i.exec(value) ?? [];
  const from = strict ? 'due' : 'completion';
  if (unit.toLowerCase() === 'b')
    return n === '1' ? { rule: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR', from } : null;
  const freq = UNITS[unit.toLowerCase()];
  return freq === undefined
    ? null
    : { rule: `FREQ=${freq}${n === '1' ? '' : `;INTERVAL=${n}`}`, from };
}

/** Tasks as todo.txt: what one line can say. */
export async function* writeTodoTxt(
  pages: AsyncIterable<readonly ExportedTask[]>,
): AsyncGenerator<string> {
  for await (const page of pages) yield page.map((one) => `${lineOf(one)}\n`).join('');
}

function lineOf({ task, list }: ExportedTask): string {
  const word = (text: string): string => text.trim().replace(/\s+/g, '_');
  const priority = task.priority === 'none' ? undefined : PRIORITY_LETTERS[task.priority];
  const due =
    task.due === null
      ? undefined
      : task.due.kind === 'date'
        ? task.due.date
        : (task.due.kind === 'local' ? task.due.local : task.due.at).slice(0, 10);
  // a title that looks like a mark of the format would be read as one
  const title = task.title.replace(/\s+/g, ' ').trim();
  return [
    ...(task.status === 'done' ? ['x'] : priority === undefined ? [] : [`(${priority})`]),
    ...(task.status === 'done' && task.completedAt ? [task.completedAt.slice(0, 10)] : []),
    task.createdAt.slice(0, 10),
    title,
    ...(list === null ? [] : [`+${word(list)}`]),
    ...task.tags.map((tag) => `@${word(tag)}`),
    ...(due === undefined ? [] : [`due:${due}`]),
    ...(task.status === 'done' && priority !== undefined ? [`pri:${priority}`] : []),
  ].join(' ');
}
