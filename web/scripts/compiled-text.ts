// What the translations compile to, and what is wrong with them: keys that are missing or too many, placeholders that differ
// from English, plural forms that the language lacks or does not have (Unicode CLDR, from the ICU data of Node).
import { parse, TYPE, type MessageFormatElement } from '@formatjs/icu-messageformat-parser';
import compile from 'icu-minify/compile';
import * as de from '../text/de/index.ts';
import * as english from '../text/en-all.ts';
import * as he from '../text/he/index.ts';
import type { Compiled, Message } from '../text/messages.ts';

/** The translations by language. */
export const TRANSLATIONS: Readonly<Record<string, { pages: object; mail: object }>> = { de, he };

/** Parameters that a translation may leave out: sentences of a service, which are English. */
const ENGLISH_ONLY = new Set(['message']);
/** Places where the English text has no words of its own: there each language says what it has. */
const OPEN = new Set(['main.problems']);

/**
 * Compiles a language.
 * @returns its files, by name, and every problem in a line that names the key
 */
export function compiledText(
  language: string,
  { pages, mail }: { pages: object; mail: object },
): { files: Record<string, Compiled>; problems: string[] } {
  const problems: string[] = [];
  const note = (key: string, problem: string) => problems.push(`${language}: ${key}: ${problem}`);
  const read = (text: unknown, source: unknown, key: string): Compiled => {
    if (typeof source === 'function')
      return readMessage(text, parametersOf(source as (...given: never[]) => unknown), key);
    if (typeof source === 'string') {
      if (typeof text !== 'string') note(key, `expected a text for “${source}”`);
      return String(text);
    }
    if (Array.isArray(source)) {
      if (!Array.isArray(text) || text.length !== source.length)
        note(key, `expected a list of ${source.length} texts`);
      return source.map((one: unknown, index) =>
        read((text as unknown[])[index], one, `${key}.${index}`),
      );
    }
    return readAll((text ?? {}) as Texts, source as Texts, key);
  };
  const readAll = (texts: Texts, sources: Texts, key: string): Record<string, Compiled> => {
    const at = (name: string) => (key === '' ? name : `${key}.${name}`);
    const open = OPEN.has(key);
    for (const name of Object.keys(sources))
      if (!(name in texts)) note(at(name), `missing; in English: ${inWords(sources[name])}`);
    return Object.fromEntries(
      Object.entries(texts).flatMap(([name, text]) => {
        if (name in sources || open) return [[name, read(text, sources[name] ?? '', at(name))]];
        note(at(name), 'English has no such text');
        return [];
      }),
    );
  };
  const readMessage = (text: unknown, parameters: readonly string[], key: string): Message => {
    if (typeof text !== 'string') {
      note(key, `expected a message with ${parameters.join(', ')}`);
      return { p: [], m: '' };
    }
    try {
      const used = usesOf(parse(text), pluralForms(language), (problem) => note(key, problem));
      for (const name of [...used.shown, ...used.choosing])
        if (!parameters.includes(name)) note(key, `English has no {${name}}`);
      for (const name of parameters)
        if (!used.shown.has(name) && !used.choosing.has(name) && !ENGLISH_ONLY.has(name))
          note(key, `{${name}} is missing`);
      return {
        p: parameters.map((name) => (used.choosing.has(name) ? `=${name}` : name)),
        m: compile(text),
      };
    } catch (error) {
      note(key, `not an ICU message: ${String(error)}`);
      return { p: [], m: '' };
    }
  };
  const files = {
    [`${language}.json`]: readAll(pages as Texts, english.pages as unknown as Texts, ''),
    [`${language}-mail.json`]: readAll(mail as Texts, english.mail, 'mail'),
  };
  return { files, problems: problems.map((problem) => problem.replace(': mail.', ': mail: ')) };
}

type Texts = Readonly<Record<string, unknown>>;

/** The plural forms of a language, such as `one` and `other`. */
function pluralForms(language: string): ReadonlySet<string> {
  return new Set(new Intl.PluralRules(language).resolvedOptions().pluralCategories);
}

/** The names of a function's parameters. */
export function parametersOf(say: (...given: never[]) => unknown): readonly string[] {
  const list = /^\(?([^)=]*)\)?\s*=>/.exec(say.toString())?.[1] ?? '';
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

interface Uses {
  readonly shown: Set<string>;
  /** Names that only choose between words. */
  readonly choosing: Set<string>;
}

function usesOf(
  message: readonly MessageFormatElement[],
  forms: ReadonlySet<string>,
  note: (problem: string) => void,
  uses: Uses = { shown: new Set(), choosing: new Set() },
): Uses {
  for (const element of message) {
    switch (element.type) {
      case TYPE.argument:
      case TYPE.number:
        uses.shown.add(element.value);
        break;
      case TYPE.plural: {
        uses.shown.add(element.value);
        const given = Object.keys(element.options).filter((form) => !form.startsWith('='));
        const missing = [...forms].filter((form) => !given.includes(form));
        const extra = given.filter((form) => !forms.has(form));
        // Its production build says nothing and ignores it (findings/icu-minify-plural-offset.sh).
        if (element.offset !== 0) throw new Error('a plural with an offset is not supported');
        if (missing.length > 0)
          note(`the plural of {${element.value}} lacks ${missing.join(', ')}`);
        if (extra.length > 0) note(`this language has no plural form ${extra.join(', ')}`);
        for (const option of Object.values(element.options))
          usesOf(option.value, forms, note, uses);
        break;
      }
      case TYPE.select:
        uses.choosing.add(element.value);
        for (const option of Object.values(element.options))
          usesOf(option.value, forms, note, uses);
        break;
      case TYPE.literal:
      case TYPE.pound:
        break;
      default:
        note('only placeholders, numbers, plural and select are known here');
    }
  }
  return uses;
}

function inWords(source: unknown): string {
  return source instanceof Function ? source.toString() : JSON.stringify(source);
}
