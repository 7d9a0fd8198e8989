// Makes texts of a compiled catalogue: ICU messages become functions with the parameters of the English ones. Only pages in
// another language than English load this. scripts/compile-text.ts writes the catalogues.
import { isolated } from '@todo/contracts/text';
import format, { type CompiledMessage } from 'icu-minify/format';
import { directionOf, type Language } from './languages';

/** A compiled text with parameters. */
export interface Message {
  /** Names of the parameters, in the order they are given. Those with `=` in front choose words and are not shown. */
  readonly p: readonly string[];
  readonly m: CompiledMessage;
}

/** Compiled texts, nested as the English ones are. */
export type Compiled =
  string | readonly Compiled[] | Message | { readonly [key: string]: Compiled };

/** What a message takes. */
export type Value = string | number | boolean | undefined;

/** Each is made once: making one costs more than all of its uses. */
const formatters = {
  getDateTimeFormat: once(
    (...given: ConstructorParameters<typeof Intl.DateTimeFormat>) =>
      new Intl.DateTimeFormat(...given),
  ),
  getNumberFormat: once(
    (...given: ConstructorParameters<typeof Intl.NumberFormat>) => new Intl.NumberFormat(...given),
  ),
  getPluralRules: once(
    (...given: ConstructorParameters<typeof Intl.PluralRules>) => new Intl.PluralRules(...given),
  ),
};

/** The texts of a language, in the shape of the English ones. @param texts compiled from a source that is typed as their translation */
export function textsFrom(language: Language, texts: unknown): unknown {
  return read(language, texts as Compiled);
}

function read(language: Language, text: Compiled): unknown {
  if (typeof text === 'string' || isList(text)) return text;
  if (isMessage(text)) return (...given: Value[]) => say(language, text, given);
  return Object.fromEntries(
    Object.entries(text).map(([key, value]) => [key, read(language, value)]),
  );
}

/** One message in words. What a person wrote is isolated, so that it does not change the direction of its sentence. */
export function say(language: Language, { p, m }: Message, given: readonly Value[]): string {
  const values = Object.fromEntries(
    p.map((name, index) => {
      const value = given[index];
      return name.startsWith('=')
        ? [name.slice(1), String(value ?? 'none')]
        : [name, typeof value === 'string' ? inside(language, value) : (value ?? '')];
    }),
  );
  return String(format(m, language, values, { formatters }));
}

/** Addresses: an isolation around one would become part of it where it is a link or is copied. */
const ADDRESS = /^(?:https?:\/\/|[^\s@]+@[^\s@]+$)/;

/** Text within a sentence. From right to left, words of the other direction need the isolation too: “Milk!” ends at its right. */
function inside(language: Language, value: string): string {
  const alone = isolated(value);
  const asIs = alone !== value || value === '' || ADDRESS.test(value);
  return asIs || directionOf(language) === 'ltr' ? alone : `\u2068${value}\u2069`;
}

function isList(text: Compiled): text is readonly Compiled[] {
  return Array.isArray(text);
}

function isMessage(text: object): text is Message {
  return 'm' in text && 'p' in text && Array.isArray(text.p);
}

function once<A extends unknown[], F>(make: (...given: A) => F): (...given: A) => F {
  const made = new Map<string, F>();
  return (...given) => {
    const key = JSON.stringify(given);
    const known = made.get(key) ?? make(...given);
    made.set(key, known);
    return known;
  };
}
