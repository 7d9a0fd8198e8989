// The words of the filter language, and what each one means.
import type { Feature, Moment, Relation, Term } from './expression.ts';

/** Words that are a condition by themselves. */
export const PLAIN: Readonly<Record<string, Term>> = {
  all: { kind: 'all' },
  open: { kind: 'status', status: 'open' },
  overdue: { kind: 'overdue' },
  late: { kind: 'overdue' },
  repeating: { kind: 'repeating' },
  recurring: { kind: 'repeating' },
  repeats: { kind: 'repeating' },
  subtask: { kind: 'subtask' },
  subtasks: { kind: 'subtask' },
  inbox: { kind: 'has', feature: 'list', has: false },
};

/** What `no` and `has` take. */
export const FEATURE_WORDS: Readonly<Record<string, Feature>> = {
  date: 'date',
  dates: 'date',
  due: 'date',
  deadline: 'date',
  time: 'time',
  list: 'list',
  tag: 'tags',
  tags: 'tags',
  priority: 'priority',
  notes: 'notes',
  note: 'notes',
  reminder: 'reminders',
  reminders: 'reminders',
  subtask: 'subtasks',
  subtasks: 'subtasks',
};

/** Moments, each with days behind it; `done` alone is a status. */
export const MOMENT_WORDS: Readonly<Record<string, Moment>> = {
  due: 'due',
  done: 'completed',
  completed: 'completed',
  finished: 'completed',
  created: 'created',
  added: 'created',
};

/** Between a moment and its days. */
export const RELATION_WORDS: Readonly<Record<string, Relation>> = {
  on: 'on',
  before: 'before',
  by: 'by',
  until: 'by',
  after: 'after',
  from: 'from',
  since: 'from',
};

/** Other names of priorities, as in quick add. */
export const PRIORITIES: Readonly<Record<string, string>> = {
  '1': 'high',
  '2': 'medium',
  med: 'medium',
  '3': 'low',
};

/** What a table has for a word; nothing for "constructor". */
export function own<Value>(
  table: Readonly<Record<string, Value>>,
  word: string,
): Value | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}
