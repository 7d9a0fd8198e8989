// Random filters and the simple way to decide them: one task at a time, by its local days. It shares nothing with the SQL.
import { localDate } from '@todo/contracts/due';
import type { Task } from '@todo/contracts/task';
import fc from 'fast-check';
import { FEATURES, MOMENTS, namesStatus, RELATIONS } from '../../src/filters/expression.ts';
import type { Expression, Term } from '../../src/filters/expression.ts';

/** Names with everything that a printer must quote. */
export const TAGS = ['home', 'Home', 'work/q3', 'two words', 'a"b\\c', 'und', 'не', '#x'];
const DAY_WORDS = [
  'today',
  'yesterday',
  'friday',
  'next week',
  'last 3 days',
  'next 10 days',
  'this month',
  '2027-05-17',
  'in 3 days',
  '5 days ago',
];

/** Filters over these lists; the days' dates are filled in by the parser. */
export function filters(lists: readonly string[]): fc.Arbitrary<Expression> {
  const days = fc.constantFrom(...DAY_WORDS).map((words) => ({ words, first: '', last: '' }));
  const term: fc.Arbitrary<Term> = fc.oneof(
    fc.constantFrom<Term>(
      { kind: 'all' },
      { kind: 'overdue' },
      { kind: 'repeating' },
      { kind: 'subtask' },
      { kind: 'status', status: 'open' },
      { kind: 'status', status: 'done' },
    ),
    fc
      .tuple(fc.constantFrom(...FEATURES), fc.boolean())
      .map(([feature, has]): Term => ({ kind: 'has', feature, has })),
    fc.constantFrom(...TAGS).map((tag): Term => ({ kind: 'tag', tag })),
    fc.constantFrom(...lists).map((name): Term => ({ kind: 'list', name, ids: [] })),
    fc
      .constantFrom('none' as const, 'low' as const, 'medium' as const, 'high' as const)
      .map((priority): Term => ({ kind: 'priority', priority })),
    fc
      .constantFrom('milk', 'oat milk', 'ö', '50 %', 'a_b', '"')
      .map((text): Term => ({ kind: 'text', text })),
    fc
      .record({
        moment: fc.constantFrom(...MOMENTS),
        relation: fc.constantFrom(...RELATIONS),
        days,
      })
      .map((when): Term => ({ kind: 'when', ...when })),
  );
  return fc.letrec<{ any: Expression }>((tie) => ({
    any: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      term,
      tie('any').map((part): Expression => ({ kind: 'not', part })),
      fc
        .tuple(
          fc.constantFrom('and' as const, 'or' as const),
          fc.array(tie('any'), { minLength: 2, maxLength: 3 }),
        )
        .map(([kind, parts]): Expression => ({ kind, parts })),
    ),
  })).any;
}

/** A person's moment. */
export interface Moment {
  readonly now: Date;
  readonly zone: string;
}

/** Whether a filter as a whole finds a task: one that says nothing about its status finds open ones. */
export function finds(
  expression: Expression,
  task: Task,
  all: readonly Task[],
  at: Moment,
): boolean {
  if (!namesStatus(expression) && task.status !== 'open') return false;
  return holds(expression, task, all, at);
}

function holds(expression: Expression, task: Task, all: readonly Task[], at: Moment): boolean {
  const inner = (part: Expression): boolean => holds(part, task, all, at);
  switch (expression.kind) {
    case 'not':
      return !inner(expression.part);
    case 'and':
      return expression.parts.every(inner);
    case 'or':
      return expression.parts.some(inner);
    case 'all':
      return true;
    case 'status':
      return task.status === expression.status;
    case 'overdue':
      return task.status === 'open' && task.dueAt !== null && new Date(task.dueAt) < at.now;
    case 'repeating':
      return task.recurrence !== null;
    case 'subtask':
      return task.parentId !== null;
    case 'tag':
      return task.tags.includes(expression.tag);
    case 'list':
      return task.listId !== null && expression.ids.includes(task.listId);
    case 'priority':
      return task.priority === expression.priority;
    case 'text':
      return `${task.title}\n${task.notes}`.toLowerCase().includes(expression.text.toLowerCase());
    case 'has':
      return hasFeature(expression.feature, task, all) === expression.has;
    case 'when': {
      const moment = { due: task.dueAt, completed: task.completedAt, created: task.createdAt }[
        expression.moment
      ];
      if (moment === null) return false;
      const day = localDate(new Date(moment), at.zone);
      const { first, last } = expression.days;
      return {
        on: first <= day && day <= last,
        before: day < first,
        by: day <= last,
        after: day > last,
        from: day >= first,
      }[expression.relation];
    }
  }
}

function hasFeature(feature: (typeof FEATURES)[number], task: Task, all: readonly Task[]): boolean {
  switch (feature) {
    case 'date':
      return task.due !== null;
    case 'time':
      return task.due !== null && task.due.kind !== 'date';
    case 'list':
      return task.listId !== null;
    case 'tags':
      return task.tags.length > 0;
    case 'priority':
      return task.priority !== 'none';
    case 'notes':
      return task.notes !== '';
    case 'reminders':
      return task.reminders.length > 0;
    case 'subtasks':
      return all.some(({ parentId }) => parentId === task.id);
  }
}
