// Every language says everything that English says, in its own plural forms, and keeps people's own words within bounds.
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it, test } from 'vitest';
import { acceptedLocale } from '@/server/accepted-locale';
import { addCatalogue, textOf, type Catalogue } from '@/text/catalogue';
import { en } from '@/text/en';
import * as english from '@/text/en-all';
import { directionOf, languageOf, LANGUAGES, pageLanguage } from '@/text/languages';
import { mailText } from '@/text/mail';
import { textsFrom } from '@/text/messages';
import { compiledText, parametersOf, TRANSLATIONS } from '../scripts/compiled-text.ts';

const OTHERS = LANGUAGES.filter((language) => language !== 'en');
const NAME = '\u202Eabc';
const ISOLATED = '\u2068\u202Eabc\u202C\u2069';
/** Parameters that carry what a person wrote. */
const OWN_WORDS = ['title', 'name', 'part', 'address', 'label', 'list', 'theirs', 'words'];

const compiledOf = (language: string) =>
  compiledText(language, TRANSLATIONS[language] ?? { pages: {}, mail: {} });

function pagesOf(language: (typeof OTHERS)[number]): Catalogue {
  return textsFrom(language, compiledOf(language).files[`${language}.json`]) as Catalogue;
}

test.each(OTHERS)('%s is complete, and its compiled files are those of its sources', (language) => {
  const { files, problems } = compiledOf(language);
  expect(problems).toEqual([]);
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(import.meta.dirname, '..', 'text', 'compiled', name);
    expect(JSON.parse(readFileSync(file, 'utf8')), 'run: npm run text -w web').toEqual(content);
  }
});

it('names every kind of mistake in a translation, by its key', () => {
  const pages = structuredClone(TRANSLATIONS['de']?.pages) as Record<string, Record<string, never>>;
  const tasks = pages['main']?.['tasks'] as unknown as Record<string, string>;
  delete tasks['add'];
  tasks['surplus'] = 'zu viel';
  tasks['saved'] = '„{titel}“ gespeichert.';
  tasks['count'] = '{number, plural, other {# Aufgaben}}';
  tasks['manyDone'] = '{number, plural, one {#} two {#} other {#}}';
  tasks['deleted'] = '{title';
  const { problems } = compiledText('de', { pages, mail: TRANSLATIONS['de']?.mail ?? {} });
  expect(problems).toEqual([
    'de: main.tasks.add: missing; in English: "Add task"',
    expect.stringContaining('de: main.tasks.deleted: not an ICU message'),
    'de: main.tasks.saved: English has no {titel}',
    'de: main.tasks.saved: {title} is missing',
    'de: main.tasks.count: the plural of {number} lacks one',
    'de: main.tasks.manyDone: this language has no plural form two',
    'de: main.tasks.surplus: English has no such text',
  ]);
});

it('refuses the offset of a plural, which the formatter would ignore', () => {
  const pages = structuredClone(TRANSLATIONS['de']?.pages) as Record<string, Record<string, never>>;
  const tasks = pages['main']?.['tasks'] as unknown as Record<string, string>;
  tasks['count'] = '{number, plural, offset:1 one {#} other {#}}';
  const { problems } = compiledText('de', { pages, mail: TRANSLATIONS['de']?.mail ?? {} });
  expect(problems).toEqual([expect.stringContaining('a plural with an offset')]);
});

type Say = (...values: unknown[]) => string;

function* functionsOf(texts: object, at = ''): Generator<[key: string, say: Say]> {
  for (const [key, value] of Object.entries(texts) as [string, unknown][]) {
    if (typeof value === 'function') yield [`${at}${key}`, value as Say];
    else if (typeof value === 'object' && value !== null) yield* functionsOf(value, `${at}${key}.`);
  }
}

test.each(OTHERS)('%s isolates what a person wrote in each sentence', (language) => {
  const said = new Map(functionsOf(pagesOf(language)));
  let found = 0;
  for (const [key, english_] of functionsOf(english.pages)) {
    const parameters = parametersOf(english_);
    if (!parameters.some((name) => OWN_WORDS.includes(name))) continue;
    found += 1;
    const sentence = said.get(key)?.(
      ...parameters.map((name) => (OWN_WORDS.includes(name) ? NAME : 3)),
    );
    expect(sentence, key).toContain(ISOLATED);
    expect(sentence?.replaceAll(ISOLATED, ''), key).not.toContain('\u202E');
  }
  expect(found).toBeGreaterThan(50);
});

it('counts in each language’s own forms', () => {
  const [de, he] = [pagesOf('de'), pagesOf('he')];
  const three = [1, 2, 5];
  expect(three.map((number) => de.main.tasks.count(number))).toEqual([
    '1 Aufgabe',
    '2 Aufgaben',
    '5 Aufgaben',
  ]);
  expect(three.map((number) => he.main.tasks.count(number))).toEqual([
    'משימה אחת',
    'שתי משימות',
    '5 משימות',
  ]);
  expect(de.transfer.importNow(1, 0)).toBe('1 Aufgabe importieren');
  expect(de.transfer.importNow(0, 1)).toBe('1 Eintrag zusammenführen');
  expect(de.transfer.importNow(1_200, 3)).toBe(
    '1.200 Aufgaben importieren, 3 Einträge zusammenführen',
  );
  expect(de.main.repeat.everyN(1, de.main.repeat.unit.WEEKLY(1))).toBe('Jede Woche');
  expect(de.main.repeat.everyN(3, de.main.repeat.unit.MONTHLY(3))).toBe('Alle 3 Monate');
  expect(de.main.tasks.reopened('Milch', 'kept')).toContain('bleibt');
  expect(de.main.tasks.reopened('Milch')).toBe('„Milch“ wieder geöffnet.');
  expect(de.auth.sessions.device(undefined, undefined)).toBe('Unbekanntes Gerät');
  expect(de.auth.sessions.device('Firefox', 'Linux')).toBe('Firefox auf Linux');
  expect(de.auth.passwordChanged(true)).toContain('Andere Geräte');
});

it('keeps addresses in mails whole', () => {
  const link = 'https://todo.example/reset-password#secret';
  for (const language of LANGUAGES) {
    const text = mailText(language);
    expect(text.reset(link, 'mia@example.com', 'https://todo.example')).toContain(`\n${link}\n`);
    expect(text.existing('https://todo.example')).toContain('https://todo.example/sign-in');
  }
});

/** The codes of every problem that can reach a page. Calendar apps and MCP clients show theirs themselves. */
function problemCodes(): string[] {
  const root = path.join(import.meta.dirname, '..', '..');
  const files = globSync(
    [
      'services/backend/src/**/*.ts',
      'packages/{contracts,runtime}/src/**/*.ts',
      'web/server/**/*.ts',
      'web/app/**/*.ts',
    ],
    { cwd: root, exclude: ['services/backend/src/{calendars,caldav}/**', '**/http/mcp-*.ts'] },
  );
  const codes = files.flatMap((file) => [
    ...readFileSync(path.join(root, file), 'utf8').matchAll(
      /new (?:Problem|APIError)\(\s*(?:\d+,\s*'([a-z-]+)'|'[A-Z_]+',\s*\{[^}]*?code: '([A-Z_]+)')/g,
    ),
  ]);
  return [...new Set(codes.map(([, problem, account]) => problem ?? account ?? ''))];
}

test.each(OTHERS)(
  '%s has words for every problem that the services and the accounts name',
  (language) => {
    const codes = problemCodes();
    expect(codes.length).toBeGreaterThan(30);
    const { problems } = pagesOf(language).main;
    expect(codes.filter((code) => problems[code] === undefined)).toEqual([]);
  },
);

test.each([
  ['de-AT,de;q=0.9,en;q=0.8', 'de-AT'],
  ['fr-FR, he-IL;q=0.9, en;q=0.5', 'he-IL'],
  ['iw', 'he'],
  ['en-GB,de;q=0.9', 'en-GB'],
  ['de;q=0.2,en-US;q=0.9', 'en-US'],
  ['pt-BR,*;q=0.1', 'en'],
  ['*', 'en'],
  ['de_DE', 'en'],
  ['', 'en'],
  ['de;q=0, en', 'en'],
])('a browser that accepts “%s” reads %s', (accepted, locale) => {
  expect(acceptedLocale(accepted)).toBe(locale);
});

it('falls back to English, in its own direction, where a language is not there', () => {
  addCatalogue('de', pagesOf('de'));
  expect(textOf('de-CH', 'main', en).save).toBe('Speichern');
  expect(textOf('fr-FR', 'main', en)).toBe(en);
  expect([languageOf('iw-IL'), languageOf('DE'), languageOf('ar')]).toEqual(['he', 'de', 'en']);
  expect([pageLanguage('de-AT'), pageLanguage('fr-FR'), pageLanguage('he-IL')]).toEqual([
    'de-AT',
    'en',
    'he-IL',
  ]);
  expect([directionOf('he'), directionOf('de')]).toEqual(['rtl', 'ltr']);
});
