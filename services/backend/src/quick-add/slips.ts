// Slips of the fingers in words that say when ("tomorow", "wensday"). A word is only corrected when it is near to exactly one
// of them and the line then says a time with it; the caller shows the correction, and the person can take it back.
import type { Language } from './language.ts';
import type { Range } from './source-text.ts';

/** Words whose slips are recognised: long ones, that few other words are near to. */
const WORDS: Readonly<Record<Language['name'], readonly string[]>> = {
  en: list(
    'today tomorrow tonight monday tuesday wednesday thursday friday saturday sunday weekend january february september october november december',
  ),
  de: list(
    'morgen übermorgen montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar september oktober november dezember',
  ),
  fr: list(
    'demain mercredi vendredi samedi dimanche janvier février septembre octobre novembre décembre',
  ),
};
/** Misspelt so often that two letters may be wrong. */
const TWO_SLIPS: ReadonlySet<string> = new Set(list('tomorrow wednesday donnerstag aujourd’hui'));
/** Words that are right as they are, though near to one of the above. */
const RIGHT: ReadonlySet<string> = new Set(
  list(
    'toddy toady sundae sundry sunda weekends weeknd montage montags freitags sonntags morden borgen sorgen demains domain lundi',
  ),
);
/** Fewest letters of a word that is corrected. */
const MIN_LETTERS = 5;
/** A word by itself: no mark, no part of an address, no quote before it. */
const WORD = /(?<![\p{L}\p{N}#+!@"“'’\\_./-])\p{L}{5,}(?![\p{L}\p{N}@'’_/-]|\.\p{L})/gu;

/** One corrected word of a line. */
export interface Slip extends Range {
  /** What it was read as. */
  readonly word: string;
}

/** A line with some words corrected, and the way back to the line as typed. */
export interface CorrectedLine {
  readonly text: string;
  /** A range of the typed line, in the corrected one. */
  readonly forth: (range: Range) => Range;
  /** A range of the corrected line, in the typed one. */
  readonly back: (range: Range) => Range;
}

/** Words of a line that are near to a word that says when. @param taken ranges that mean something already, or must stay */
export function findSlips(
  line: string,
  taken: readonly Range[],
  languages: readonly Language[],
): Slip[] {
  const known = new Set(languages.flatMap(({ name }) => WORDS[name]));
  const slips: Slip[] = [];
  for (const match of line.matchAll(WORD)) {
    const [typed] = match;
    const range = { start: match.index, end: match.index + typed.length };
    if (taken.some(({ start, end }) => start < range.end && range.start < end)) continue;
    const word = nearest(typed.toLowerCase(), known);
    if (word !== undefined) slips.push({ ...range, word });
  }
  return slips;
}

/** The only one of the known words that a word is near to. */
function nearest(typed: string, known: ReadonlySet<string>): string | undefined {
  if (typed.length < MIN_LETTERS || known.has(typed) || RIGHT.has(typed)) return undefined;
  const near = [...known]
    .filter((word) => word[0] === typed[0] && typed !== `${word}s`)
    .map((word) => ({ word, steps: distance(typed, word) }))
    .filter(({ word, steps }) => steps <= (TWO_SLIPS.has(word) ? 2 : 1))
    .sort((a, b) => a.steps - b.steps);
  const [best, next] = near;
  return best === undefined || next?.steps === best.steps ? undefined : best.word;
}

/** Corrects words of a line. */
export function correctLine(line: string, slips: readonly Slip[]): CorrectedLine {
  let text = '';
  let at = 0;
  const places: { typed: number; corrected: number; grown: number }[] = [];
  for (const { start, end, word } of slips) {
    text += line.slice(at, start) + word;
    at = end;
    places.push({ typed: end, corrected: text.length, grown: word.length - (end - start) });
  }
  text += line.slice(at);
  const shift = (side: 'typed' | 'corrected', sign: 1 | -1) => (index: number) =>
    places.reduce((sum, place) => sum + (place[side] <= index ? sign * place.grown : 0), index);
  const both = (move: (index: number) => number) => (range: Range) => ({
    start: move(range.start),
    end: move(range.end),
  });
  return { text, forth: both(shift('typed', 1)), back: both(shift('corrected', -1)) };
}

/** Letters added, left out, changed, or swapped with the next (optimal string alignment). */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const above = rows[i - 1] ?? [];
      const changed = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
          ? (rows[i - 2]?.[j - 2] ?? 0) + 1
          : Infinity;
      row.push(Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, changed, swapped));
    }
    rows.push(row);
  }
  return rows[a.length]?.[b.length] ?? 0;
}

function list(words: string): string[] {
  return words.split(' ');
}
