// A filter as text that reads as the same filter: one spelling for each meaning.
import type { Expression, Term } from './expression.ts';
import { quoted } from './tokens.ts';

/** Names that need no quotation marks. */
const PLAIN_NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_/-]*$/u;

/** The text of a filter. */
export function printFilter(expression: Expression): string {
  switch (expression.kind) {
    case 'or':
      return expression.parts.map(printFilter).join(' | ');
    case 'and':
      return expression.parts.map((part) => within(part, part.kind === 'or')).join(' & ');
    case 'not':
      return `not ${within(expression.part, expression.part.kind === 'or' || expression.part.kind === 'and')}`;
    default:
      return printTerm(expression);
  }
}

function within(part: Expression, inParentheses: boolean): string {
  return inParentheses ? `(${printFilter(part)})` : printFilter(part);
}

function printTerm(term: Term): string {
  switch (term.kind) {
    case 'all':
    case 'overdue':
    case 'repeating':
    case 'subtask':
      return term.kind;
    case 'status':
      return term.status;
    case 'has':
      return `${term.has ? 'has' : 'no'} ${term.feature}`;
    case 'tag':
      return `#${name(term.tag)}`;
    case 'list':
      return `+${name(term.name)}`;
    case 'priority':
      return `!${term.priority}`;
    case 'text':
      return quoted(term.text);
    case 'when':
      return `${term.moment}${term.relation === 'on' ? '' : ` ${term.relation}`} ${term.days.words}`;
  }
}

function name(text: string): string {
  return PLAIN_NAME.test(text) ? text : quoted(text);
}
