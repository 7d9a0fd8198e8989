// The filter language: one parser for the API, MCP, the chat and the page.
//
//   filter := all-of (("|" | or) all-of)*        all-of := one (("&" | and)? one)*
//   one    := not one | "(" filter ")" | term    term   := #tag, +list, !high, "text", due before friday, no date, …
//
// A filter that does not fit says where, and what was expected there. It never guesses: a word it does not know is an error.
import { priority } from '@todo/contracts/task';
import { showsSomething } from '@todo/contracts/text';
import type { ParseContext } from '../quick-add/local-now.ts';
import { MAX_DAY_WORDS, readDays } from './days.ts';
import { MAX_NESTING, MAX_TERMS } from './expression.ts';
import type { Days, Expression, Moment, Term } from './expression.ts';
import { expected, Misfit, shown } from './misfit.ts';
import { tokensOf } from './tokens.ts';
import type { Token } from './tokens.ts';
import { FEATURE_WORDS, MOMENT_WORDS, own, PLAIN, PRIORITIES, RELATION_WORDS } from './words.ts';

/** What a filter is read with: the person's moment, zone and locale, and the lists they have. */
export interface FilterContext extends ParseContext {
  readonly lists: readonly { readonly id: string; readonly name: string }[];
}

/** What does not fit. */
export interface FilterError {
  /** Where it begins and ends, in UTF-16 units from 0. */
  readonly start: number;
  readonly end: number;
  /** What was expected there, and what was found. */
  readonly message: string;
}

/** A filter, or why the text is none. */
export type ParsedFilter = { readonly expression: Expression } | { readonly error: FilterError };

const TERM =
  'a condition such as #home, +errands, !high, "milk", due before friday, overdue, no date, repeating or done';
const DAY = 'a day such as today, friday, next week, in 3 days or 2027-05-17';

/** Reads a filter. */
export function parseFilter(text: string, context: FilterContext): ParsedFilter {
  try {
    return { expression: parse(text, context) };
  } catch (error) {
    if (!(error instanceof Misfit)) throw error;
    const { at, message } = error;
    return { error: { start: at.start, end: at.end, message } };
  }
}

function parse(text: string, context: FilterContext): Expression {
  const read = tokensOf(text);
  if ('openQuote' in read)
    throw new Misfit(
      { start: read.openQuote, end: text.length },
      'expected a closing quotation mark',
    );
  const tokens = read;
  let at = 0;
  let terms = 0;
  let nesting = 0;

  const expression = anyOf();
  const rest = tokens[at];
  if (rest) throw new Misfit(rest, expected('& or | between conditions', rest));
  return expression;

  function anyOf(): Expression {
    return several('or', allOf, () => take('or'));
  }

  function allOf(): Expression {
    return several('and', one, () => take('and') || beginsTerm());
  }

  function several(kind: 'and' | 'or', part: () => Expression, goesOn: () => boolean): Expression {
    const first = part();
    const parts = [first];
    while (goesOn()) parts.push(part());
    // "a & (b & c)" says the same without the parentheses, and prints without them
    return parts.length === 1
      ? first
      : { kind, parts: parts.flatMap((one) => (one.kind === kind ? one.parts : [one])) };
  }

  function one(): Expression {
    if (take('not')) return nested(() => ({ kind: 'not', part: one() }));
    const open = tokens[at];
    if (!take('(')) return term();
    const inner = nested(anyOf);
    const close = tokens[at];
    if (!take(')'))
      throw close
        ? new Misfit(close, expected('&, | or )', close))
        : new Misfit(open ?? end(), 'expected a closing parenthesis for this one');
    return inner;
  }

  function nested(part: () => Expression): Expression {
    nesting += 1;
    if (nesting > MAX_NESTING)
      throw new Misfit(tokens[at - 1] ?? end(), `at most ${MAX_NESTING} levels of parentheses`);
    const inner = part();
    nesting -= 1;
    return inner;
  }

  function term(): Term {
    const token = tokens[at];
    if (!token) throw new Misfit(end(), `expected ${TERM}`);
    terms += 1;
    if (terms > MAX_TERMS) throw new Misfit(token, `at most ${MAX_TERMS} conditions`);
    switch (token.kind) {
      case 'text':
        at += 1;
        return textTerm(token);
      case 'tag':
      case 'list':
      case 'priority':
        at += 1;
        return named(token.kind, token);
      case 'word':
        return words(token);
      default:
        throw new Misfit(token, expected(TERM, token));
    }
  }

  /** A condition that begins with a word. */
  function words(first: Token): Term {
    const word = first.value.toLowerCase();
    const plain = own(PLAIN, word);
    if (plain) {
      at += 1;
      return plain;
    }
    if (word === 'no' || word === 'has' || word === 'without') return feature(word === 'has');
    if (word === 'tag' || word === 'list' || word === 'priority') {
      at += 1;
      const name = tokens[at];
      if (name?.kind !== 'word' && name?.kind !== 'text')
        throw new Misfit(name ?? end(), expected(`the name of a ${word}`, name));
      at += 1;
      return named(word, name);
    }
    if (word === 'text') {
      at += 1;
      const said = tokens[at];
      if (said?.kind !== 'word' && said?.kind !== 'text')
        throw new Misfit(said ?? end(), expected('text to find', said));
      at += 1;
      return textTerm(said);
    }
    const moment = own(MOMENT_WORDS, word);
    if (moment) return when(moment, word);
    // "tomorrow" alone, as people say it
    const days = takeDays();
    if (days) return { kind: 'when', moment: 'due', relation: 'on', days };
    throw new Misfit(first, expected(TERM, first));
  }

  function feature(has: boolean): Term {
    at += 1;
    const token = tokens[at];
    const found =
      token?.kind === 'word' ? own(FEATURE_WORDS, token.value.toLowerCase()) : undefined;
    if (!token || !found)
      throw new Misfit(
        token ?? end(),
        expected('date, time, list, tags, priority, notes, reminders or subtasks', token),
      );
    at += 1;
    // "no due date"
    const next = tokens[at];
    if (token.value.toLowerCase() === 'due' && isWord(next, /^date$/i)) at += 1;
    return { kind: 'has', feature: found, has };
  }

  /** "due before friday", "done", "done last week". */
  function when(moment: Moment, word: string): Term {
    at += 1;
    const said = tokens[at];
    const relation =
      said?.kind === 'word' ? own(RELATION_WORDS, said.value.toLowerCase()) : undefined;
    if (relation) {
      at += 1;
      return { kind: 'when', moment, relation, days: theDays() };
    }
    const days = takeDays();
    if (days) return { kind: 'when', moment, relation: 'on', days };
    if (moment === 'completed') return { kind: 'status', status: 'done' };
    throw new Misfit(said ?? end(), expected(`${DAY} after ${word}`, said));
  }

  function theDays(): Days {
    const days = takeDays();
    if (days) return days;
    const token = tokens[at];
    throw new Misfit(
      daysPlace(),
      expected(DAY, token && { ...token, value: wordsAhead().join(' ') }),
    );
  }

  /** Takes the longest run of words from here that names days. */
  function takeDays(): Days | undefined {
    const found = daysAhead();
    at += found?.count ?? 0;
    return found?.days;
  }

  function daysAhead(): { days: Days; count: number } | undefined {
    const ahead = wordsAhead();
    for (let count = ahead.length; count > 0; count -= 1) {
      const days = readDays(ahead.slice(0, count).join(' '), context);
      if (days) return { days, count };
    }
    return undefined;
  }

  function wordsAhead(): string[] {
    const ahead = tokens.slice(at, at + MAX_DAY_WORDS);
    const stop = ahead.findIndex(({ kind }) => kind !== 'word');
    return (stop < 0 ? ahead : ahead.slice(0, stop)).map(({ value }) => value);
  }

  function daysPlace(): { start: number; end: number } {
    const first = tokens[at];
    const last = tokens[at + Math.max(0, wordsAhead().length - 1)];
    return first && last ? { start: first.start, end: last.end } : end();
  }

  function named(kind: 'tag' | 'list' | 'priority', token: Token): Term {
    const name = token.value.trim();
    if (kind === 'priority') {
      const found = priority.safeParse(own(PRIORITIES, name.toLowerCase()) ?? name.toLowerCase());
      if (found.success) return { kind, priority: found.data };
      throw new Misfit(
        token,
        `${expected('a priority after !: high, medium, low or none', token)}. For the opposite of a condition write not`,
      );
    }
    if (!showsSomething(name))
      throw new Misfit(token, expected(`the name of a ${kind}`, undefined));
    if (kind === 'tag') return { kind, tag: name };
    const ids = context.lists
      .filter((list) => list.name.trim().toLowerCase() === name.toLowerCase())
      .map(({ id }) => id);
    if (ids.length === 0) throw new Misfit(token, `there is no list named ${shown(name)}`);
    return { kind, name, ids };
  }

  function textTerm(token: Token): Term {
    const text = token.value.trim();
    if (!showsSomething(text)) throw new Misfit(token, 'expected text between the quotation marks');
    return { kind: 'text', text };
  }

  function take(kind: Token['kind']): boolean {
    if (tokens[at]?.kind !== kind) return false;
    at += 1;
    return true;
  }

  /** Conditions side by side are meant together: "#home !high". */
  function beginsTerm(): boolean {
    const token = tokens[at];
    if (token === undefined) return false;
    if (token.kind === 'word') {
      const word = token.value.toLowerCase();
      return (
        Object.hasOwn(PLAIN, word) ||
        Object.hasOwn(MOMENT_WORDS, word) ||
        /^(?:no|has|without|tag|list|priority|text)$/.test(word) ||
        daysAhead() !== undefined
      );
    }
    return token.kind !== ')' && token.kind !== 'or' && token.kind !== 'and';
  }

  function end(): { start: number; end: number } {
    return { start: text.length, end: text.length };
  }
}

function isWord(token: Token | undefined, word: RegExp): boolean {
  return token?.kind === 'word' && word.test(token.value);
}
