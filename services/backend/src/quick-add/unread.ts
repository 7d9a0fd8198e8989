// Words that a person may have meant as more than words: a time in a line that says none, and a priority that there is not.
// They stay in the title, and the page marks them, so that nobody believes them understood.
import type { Range } from './source-text.ts';

/** A piece that was not read. */
export interface UnreadPiece extends Range {
  /** As typed. */
  readonly text: string;
}

const DAYS =
  'sunday|monday|tuesday|wednesday|thursday|friday|saturday|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche';
const MONTHS =
  'january|february|april|june|july|august|september|october|november|december|januar|februar|juni|juli|oktober|dezember|janvier|février|avril|juin|juillet|septembre|octobre|novembre|décembre';
const NEAR =
  'today|tomorrow|tonight|yesterday|next\\s+(?:week|month|year)|this\\s+(?:week|month|weekend)|heute|übermorgen|gestern|demain|hier';
const CLOCK = '\\d{1,2}(?::\\d\\d)?\\s?(?:am|pm)|\\d{1,2}:\\d\\d|\\d{1,2}\\s?uhr';
const REPEATS =
  '(?:every|jeden|jede|tous\\s+les|toutes\\s+les)\\s+\\p{L}+|\\p{L}*(?:daily|weekly|monthly)';
const SOON = 'asap|eod|eow|soon|later';

const TIMES = new RegExp(
  `(?<![\\p{L}\\p{N}])(?:${[REPEATS, NEAR, DAYS, MONTHS, CLOCK, SOON].join('|')})(?![\\p{L}\\p{N}])`,
  'giu',
);
const PRIORITY = /(?<=^|\s)!\p{L}+/gu;

/**
 * Pieces of a line that were not read.
 * @param understood ranges that were
 * @param saysWhen the line says a time already: other words about time are then part of the title
 */
export function findUnread(
  line: string,
  understood: readonly Range[],
  saysWhen: boolean,
): UnreadPiece[] {
  const found = [...line.matchAll(PRIORITY), ...(saysWhen ? [] : line.matchAll(TIMES))];
  return found
    .map((match) => ({
      start: match.index,
      end: match.index + match[0].length,
      text: match[0],
    }))
    .filter(({ start, end }) => !understood.some((range) => range.start < end && start < range.end))
    .sort((a, b) => a.start - b.start);
}
