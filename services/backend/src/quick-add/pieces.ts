// A text without what was claimed. Finders read one piece at a time, so no phrase can reach across words that mean something
// else ("4 march !low" holds "4 march", never "4 march" and blanks), and each finding is given its place in the whole text.
import type { Range } from './source-text.ts';

/** A part of the text between claimed ranges. */
export interface Piece {
  /** Its first character in the text. */
  readonly start: number;
  readonly text: string;
}

/** The pieces of a text, in order, empty ones left out. */
export function piecesOf(text: string, claimed: readonly Range[]): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const { start, end } of [...claimed].sort((a, b) => a.start - b.start)) {
    if (start > at) pieces.push({ start: at, text: text.slice(at, start) });
    at = Math.max(at, end);
  }
  if (at < text.length) pieces.push({ start: at, text: text.slice(at) });
  return pieces.filter(({ text: piece }) => piece.trim() !== '');
}

/** Everything that a finder finds in the pieces, with places in the whole text; it is told where its piece begins. */
export function findIn<T extends Range>(
  pieces: readonly Piece[],
  find: (text: string, at: number) => readonly T[],
): T[] {
  return pieces.flatMap((piece) =>
    find(piece.text, piece.start).map((found) => ({
      ...found,
      start: found.start + piece.start,
      end: found.end + piece.start,
    })),
  );
}

/** Stands for words that were passed over. */
export const TEXT = '\uFFFC';

/** The text with ranges blank, or filled with a character. */
export function blank(text: string, ranges: readonly Range[], fill = ' '): string {
  let result = text;
  for (const { start, end } of ranges)
    result = result.slice(0, start) + fill.repeat(end - start) + result.slice(end);
  return result;
}
