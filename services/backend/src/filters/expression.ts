// What a filter says, as data: the parser makes it, the printer writes it, the tasks module asks the database for it.
import type { z } from 'zod';
import type { priority } from '@todo/contracts/task';

/** Longest filter, in code points. */
export const MAX_FILTER = 500;
/** Conditions that a filter may have. */
export const MAX_TERMS = 50;
/** Parentheses and negations that may stand within each other. */
export const MAX_NESTING = 30;

/** What a task may have or lack. */
export const FEATURES = [
  'date',
  'time',
  'list',
  'tags',
  'priority',
  'notes',
  'reminders',
  'subtasks',
] as const;
/** See {@link FEATURES}. */
export type Feature = (typeof FEATURES)[number];

/** How the moment of a task stands to days: within them, before the first, after the last, and so on. */
export const RELATIONS = ['on', 'before', 'by', 'after', 'from'] as const;
/** See {@link RELATIONS}. */
export type Relation = (typeof RELATIONS)[number];

/** Which of a task's moments. */
export const MOMENTS = ['due', 'completed', 'created'] as const;
/** See {@link MOMENTS}. */
export type Moment = (typeof MOMENTS)[number];

/** Days in a person's calendar, both inclusive, as local dates. */
export interface Days {
  readonly first: string;
  readonly last: string;
  /** The words that named them, as the printer writes them. */
  readonly words: string;
}

/** A condition on one task. */
export type Term =
  | { readonly kind: 'all' }
  | { readonly kind: 'status'; readonly status: 'open' | 'done' }
  | { readonly kind: 'overdue' }
  | { readonly kind: 'repeating' }
  | { readonly kind: 'subtask' }
  | { readonly kind: 'has'; readonly feature: Feature; readonly has: boolean }
  | { readonly kind: 'tag'; readonly tag: string }
  /** Lists of this name; `ids` are those the person has. */
  | { readonly kind: 'list'; readonly name: string; readonly ids: readonly string[] }
  | { readonly kind: 'priority'; readonly priority: z.output<typeof priority> }
  /** Literal text in title or notes; case does not count. */
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'when';
      readonly moment: Moment;
      readonly relation: Relation;
      readonly days: Days;
    };

/** A filter. */
export type Expression =
  | Term
  | { readonly kind: 'not'; readonly part: Expression }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Expression[] };

/** Every condition of a filter, in the order it is written. */
export function termsOf(expression: Expression): Term[] {
  switch (expression.kind) {
    case 'not':
      return termsOf(expression.part);
    case 'and':
    case 'or':
      return expression.parts.flatMap(termsOf);
    default:
      return [expression];
  }
}

/** The filter with each condition replaced. */
export function mapTerms(expression: Expression, replace: (term: Term) => Term): Expression {
  switch (expression.kind) {
    case 'not':
      return { kind: 'not', part: mapTerms(expression.part, replace) };
    case 'and':
    case 'or':
      return {
        kind: expression.kind,
        parts: expression.parts.map((part) => mapTerms(part, replace)),
      };
    default:
      return replace(expression);
  }
}

/** Whether a filter says anything about open and done. One that does not is about open tasks. */
export function namesStatus(expression: Expression): boolean {
  return termsOf(expression).some(
    (term) =>
      term.kind === 'all' ||
      term.kind === 'status' ||
      term.kind === 'overdue' ||
      (term.kind === 'when' && term.moment === 'completed'),
  );
}
