// How a language's ways to say something are tried on a text: each form is a pattern and what it means. At a place of the
// text the form that reads most characters wins, so a part of a phrase is never read instead of the whole.
import type { ParseContext } from './local-now.ts';

/** Named groups of a pattern. */
export type Groups = Readonly<Record<string, string | undefined>>;

/** What the words around a phrase are; conditions ask it. */
export interface Around {
  /** Everything before the phrase's own words, small words that lead to it ("on", "by") not included. */
  readonly before: string;
  /** The small words that lead to it, with the blank behind; empty without any. */
  readonly lead: string;
  /** The phrase's own words, without a time that follows a date. */
  readonly words: string;
  /** Everything after the phrase. */
  readonly after: string;
  /** True when nothing stands before it but what was understood otherwise. */
  readonly first: boolean;
  /** True when a date and a time were said together. */
  readonly joined: boolean;
}

/** One way to say something. */
export interface Form<Reading> {
  /** Source of a regular expression (flags i and u), anchored to words by {@link compile}. */
  readonly pattern: string;
  /** Its meaning; `text` for words that only look like one, and nothing inside them is read either. */
  readonly read: (groups: Groups, context: ParseContext) => Reading | 'text';
  /** When the words around allow it; without a condition, always. */
  readonly meant?: (around: Around) => boolean;
}

/** A form whose pattern is ready. */
export interface CompiledForm<Reading> extends Form<Reading> {
  readonly regex: RegExp;
}

/** Where a word begins. */
export const WORD_START = /(?<=^|[\s(,;:"“„«–—\uFFFC])\S/g;
/** A phrase ends here: no letter or digit follows, and no hyphen, slash or possessive that makes it part of a longer word. */
export const WORD_END = `(?=$|[\\s,;:!?)\\]…"”“»\\uFFFC]|\\.(?![\\p{L}\\p{N}]))`;
/** Nothing but punctuation is left. */
export const AT_END = /^[\s.,;:!?)…]*$/;

/** Makes the patterns of some forms. */
export function compile<Reading>(forms: readonly Form<Reading>[]): CompiledForm<Reading>[] {
  return forms.map((form) => ({ ...form, regex: sticky(`${form.pattern}${WORD_END}`) }));
}

/** A pattern that matches at one place only. */
export function sticky(pattern: string): RegExp {
  return new RegExp(pattern, 'iuy');
}

/** Where a pattern that begins at a place ends; -1 when it does not match there. */
export function endOf(regex: RegExp, text: string, at: number): number {
  regex.lastIndex = at;
  const match = regex.exec(text);
  return match ? at + match[0].length : -1;
}

/** A form that matched. */
export interface Found<Reading> {
  readonly form: CompiledForm<Reading>;
  readonly groups: Groups;
  readonly end: number;
}

/** The form that reads most from a place on; the earlier one of two that read as much. */
export function longest<Reading>(
  forms: readonly CompiledForm<Reading>[],
  text: string,
  at: number,
): Found<Reading> | undefined {
  let best: Found<Reading> | undefined;
  for (const form of forms) {
    form.regex.lastIndex = at;
    const match = form.regex.exec(text);
    if (match && at + match[0].length > (best?.end ?? at))
      best = { form, groups: match.groups ?? {}, end: at + match[0].length };
  }
  return best;
}
