// Where a filter does not fit its language, and what is said of it.
import type { Token } from './tokens.ts';

/** Carries a text that is no filter out of the parser, with the place. */
export class Misfit extends Error {
  readonly at: { readonly start: number; readonly end: number };
  constructor(at: { readonly start: number; readonly end: number }, message: string) {
    super(message);
    this.at = at;
  }
}

/** What was expected, and what was found. */
export function expected(what: string, found: Pick<Token, 'value'> | undefined): string {
  const value = found?.value.trim() ?? '';
  return value === '' ? `expected ${what}` : `expected ${what}, found ${shown(value)}`;
}

/** A part of a filter in a sentence. */
export function shown(text: string): string {
  return `“${text.length > 60 ? `${text.slice(0, 60)}…` : text}”`;
}
