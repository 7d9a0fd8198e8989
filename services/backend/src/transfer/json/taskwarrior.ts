// Taskwarrior's `task export`: a flat array, times as `20270131T080000Z`, a project with dots, priorities H, M and L, and `recur` as
// `weekly` or `2wks`. The template of a repeating task has status `recurring`, its instances name it as `parent`.
import { leftOut, quote } from '../entry.ts';
import type { DraftRecurrence, Note, ReadContext } from '../entry.ts';
import { localTime } from '@todo/contracts/due';
import type { ForeignEntry } from './foreign-entry.ts';
import { listName } from '../list-name.ts';
import { list, record, textOf } from './values.ts';

const PRIORITIES: Readonly<Record<string, string>> = { H: 'high', M: 'medium', L: 'low' };
const RULES: Readonly<Record<string, string>> = {
  daily: 'FREQ=DAILY',
  weekdays: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR',
  weekly: 'FREQ=WEEKLY',
  biweekly: 'FREQ=WEEKLY;INTERVAL=2',
  fortnight: 'FREQ=WEEKLY;INTERVAL=2',
  monthly: 'FREQ=MONTHLY',
  quarterly: 'FREQ=MONTHLY;INTERVAL=3',
  semiannual: 'FREQ=MONTHLY;INTERVAL=6',
  annual: 'FREQ=YEARLY',
  yearly: 'FREQ=YEARLY',
  biannual: 'FREQ=YEARLY;INTERVAL=2',
};
const UNITS: readonly (readonly [RegExp, string])[] = [
  [/^d(ays?)?$/, 'DAILY'],
  [/^w(ks?|eeks?)?$/, 'WEEKLY'],
  [/^(m|mos?|mths?|months?)$/, 'MONTHLY'],
  [/^y(rs?|ears?)?$/, 'YEARLY'],
];

/** Its tasks. */
export function fromTaskwarrior(value: unknown, context: ReadContext): ForeignEntry[] {
  return list(value).map((one) => {
    const task = record(one);
    const remarks: Note[] = [];
    const status = textOf(task['status']);
    const title = textOf(task['description']);
    const uid = textOf(task['uuid']);
    const named = uid === undefined ? {} : { uid };
    const isInstance = textOf(task['parent']) !== undefined && textOf(task['recur']) !== undefined;
    if (status === 'deleted' || (status !== 'completed' && isInstance))
      return {
        ...named,
        draft: {
          title,
          remarks,
          leftOut:
            status === 'deleted'
              ? 'deleted in the other program'
              : 'an instance of a repeating task; the task itself is imported',
        },
      };
    const due = time(task['due']);
    for (const name of ['wait', 'scheduled', 'until', 'depends'])
      if (task[name] !== undefined) remarks.push(leftOut(name, 'tasks have no such field'));
    const annotations = list(task['annotations']).flatMap(
      (note) => textOf(record(note)['description']) ?? [],
    );
    const project = textOf(task['project']);
    const recur = textOf(task['recur']);
    const rule = recur === undefined || status === 'completed' ? null : ruleOf(recur, remarks);
    return {
      ...named,
      draft: {
        title,
        notes: annotations.join('\n'),
        status: status === 'completed' ? 'done' : 'open',
        completedAt: time(task['end']),
        createdAt: time(task['entry']),
        updatedAt: time(task['modified']),
        priority: PRIORITIES[textOf(task['priority']) ?? ''] ?? 'none',
        tags: list(task['tags']),
        list: project === undefined ? undefined : { name: listName(project), copy: 0 },
        due: due === null ? null : dueOf(due, context.zone),
        recurrence: rule,
        remarks,
      },
    };
  });
}

/** Midnight on the person's clock is how Taskwarrior stores a date. */
function dueOf(at: string, zone: string): object {
  const local = localTime(new Date(at), zone);
  return local.endsWith('T00:00:00')
    ? { kind: 'date', date: local.slice(0, 10) }
    : { kind: 'local', local: local.slice(0, 16), zone };
}

function time(value: unknown): string | null {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(textOf(value) ?? '');
  if (!match) return null;
  const at = new Date(
    `${match[1] ?? ''}-${match[2] ?? ''}-${match[3] ?? ''}T${match[4] ?? ''}:${match[5] ?? ''}:${match[6] ?? ''}Z`,
  );
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

function ruleOf(recur: string, remarks: Note[]): DraftRecurrence | null {
  const word = recur.trim().toLowerCase();
  const known = RULES[word];
  if (known !== undefined) return { rule: known };
  const [, n = '', unit = ''] =
    /^(\d{0,3})\s*([a-z]+)$/.exec(word) ?? /^p(\d{1,3})([dwmy])$/.exec(word) ?? [];
  const freq = UNITS.find(([pattern]) => pattern.test(unit))?.[1];
  if (freq !== undefined)
    return { rule: `FREQ=${freq}${n === '' || n === '1' ? '' : `;INTERVAL=${n}`}` };
  remarks.push(leftOut('recur', `${quote(recur)} is not a known repetition`));
  return null;
}
