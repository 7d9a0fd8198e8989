// A filter as SQL on `todo.tasks AS t`: every value is a parameter. A condition that PostgreSQL leaves open (NULL) does not
// hold, so the opposite of one is `IS NOT TRUE`, never `NOT`.
import { localInstant } from '@todo/contracts/due';
import { namesStatus } from '../filters/expression.ts';
import type { Days, Expression, Feature, Term } from '../filters/expression.ts';
import { addDays } from '../quick-add/local-now.ts';
import { fold, likePattern } from './search-terms.ts';
import { PRIORITIES } from './task-rows.ts';

/** A filter with the moment and the zone it is asked in. */
export interface WhereFilter {
  readonly expression: Expression;
  readonly now: Date;
  /** The person's IANA zone. */
  readonly zone: string;
}

/** What a filter asks for, each part of which must hold. */
export interface FilterConditions {
  /** Of the status and the due: what the index of an order can answer. */
  readonly status: readonly string[];
  readonly due: readonly string[];
  readonly others: readonly string[];
  /** Texts that a task must have, folded, as LIKE finds them. */
  readonly texts: readonly string[];
}

/** The due of a task, as the index of that order has it. */
export const DUE_KEY = `coalesce(t.due_at, 'infinity'::timestamptz)`;

/** Makes a parameter of a value. */
type Value = (given: unknown) => string;

/**
 * The conditions of a filter.
 * @param value keeps a parameter and gives its `$n`
 */
export function filterConditions(where: WhereFilter, value: Value): FilterConditions {
  const { expression } = where;
  const parts = expression.kind === 'and' ? expression.parts : [expression];
  const conditions = {
    // literals, not parameters: partial indexes are chosen by them
    status: namesStatus(expression) ? [] : [`t.status = 'open'`],
    due: [] as string[],
    others: [] as string[],
    texts: [] as string[],
  };
  for (const part of parts) {
    if (part.kind === 'status') conditions.status.push(`t.status = '${part.status}'`);
    else if (part.kind === 'overdue') {
      conditions.status.push(`t.status = 'open'`);
      conditions.due.push(`${DUE_KEY} < ${value(where.now)}::timestamptz`);
    } else if (part.kind === 'when' && part.moment === 'due')
      conditions.due.push(condition(part, where, value));
    else if (part.kind === 'text') conditions.texts.push(fold(part.text));
    else conditions.others.push(condition(part, where, value));
  }
  return conditions;
}

function condition(expression: Expression, where: WhereFilter, value: Value): string {
  const inner = (part: Expression): string => condition(part, where, value);
  switch (expression.kind) {
    case 'not':
      return `(${inner(expression.part)}) IS NOT TRUE`;
    case 'and':
      return `(${expression.parts.map(inner).join(' AND ')})`;
    case 'or':
      return `(${expression.parts.map(inner).join(' OR ')})`;
    default:
      return termCondition(expression, where, value);
  }
}

function termCondition(term: Term, where: WhereFilter, value: Value): string {
  switch (term.kind) {
    case 'all':
      return 'true';
    case 'status':
      return `t.status = '${term.status}'`;
    case 'overdue':
      return `(t.status = 'open' AND ${DUE_KEY} < ${value(where.now)}::timestamptz)`;
    case 'repeating':
      return 't.recurrence IS NOT NULL';
    case 'subtask':
      return 't.parent_id IS NOT NULL';
    case 'has':
      return term.has ? HAS[term.feature] : `(${HAS[term.feature]}) IS NOT TRUE`;
    case 'tag':
      return `t.tags @> ${value([term.tag])}::text[]`;
    case 'list':
      return `t.list_id = ANY(${value(term.ids)}::uuid[])`;
    case 'priority': {
      const priority = value(PRIORITIES.indexOf(term.priority));
      // BETWEEN, because PostgreSQL checks equalities last, after the text, which costs most
      return `t.priority BETWEEN ${priority} AND ${priority}`;
    }
    case 'text':
      return `t.search LIKE ${value(likePattern(fold(term.text)))}`;
    case 'when':
      return whenCondition(term, where, value);
  }
}

const HAS: Readonly<Record<Feature, string>> = {
  date: 't.due_at IS NOT NULL',
  time: `t.due->>'kind' <> 'date'`,
  list: 't.list_id IS NOT NULL',
  tags: 'cardinality(t.tags) > 0',
  priority: 't.priority > 0',
  notes: `t.notes <> ''`,
  reminders: 'jsonb_array_length(t.reminders) > 0',
  subtasks:
    'EXISTS (SELECT FROM todo.tasks below WHERE below.parent_id = t.id AND below.deleted_at IS NULL)',
};

const MOMENT_COLUMNS = {
  due: 't.due_at',
  completed: 't.completed_at',
  created: 't.created_at',
} as const;

function whenCondition(
  { moment, relation, days }: Extract<Term, { kind: 'when' }>,
  { zone }: WhereFilter,
  value: Value,
): string {
  const column = MOMENT_COLUMNS[moment];
  const { from, to } = boundsOf(relation, days, zone);
  const bounds = [
    // `has a due` beside the index's key, which is infinity for tasks without one
    ...(moment === 'due' && to === undefined ? [`${column} IS NOT NULL`] : []),
    ...(from ? [`${moment === 'due' ? DUE_KEY : column} >= ${value(from)}::timestamptz`] : []),
    ...(to ? [`${moment === 'due' ? DUE_KEY : column} < ${value(to)}::timestamptz`] : []),
  ];
  return `(${bounds.join(' AND ')})`;
}

/** The first instant that fits, and the first that no longer does. */
function boundsOf(
  relation: Extract<Term, { kind: 'when' }>['relation'],
  { first, last }: Days,
  zone: string,
): { from?: Date; to?: Date } {
  const begin = localInstant(`${first}T00:00`, zone);
  const after = localInstant(`${addDays(last, 1)}T00:00`, zone);
  switch (relation) {
    case 'on':
      return { from: begin, to: after };
    case 'before':
      return { to: begin };
    case 'by':
      return { to: after };
    case 'from':
      return { from: begin };
    case 'after':
      return { from: after };
  }
}
