// The text while it is being read: whoever recognises a phrase claims it, so that nothing is understood twice, and each
// claim remembers where it stood, so that a person can see what was understood and take it back.
//
// Positions are UTF-16 offsets in the text as typed, as JavaScript and every web page count them.

/** What a recognised piece of text stands for. `literal`: taken as it is, because it was quoted, escaped or taken back. */
export type UnderstoodKind =
  'due' | 'recurrence' | 'reminder' | 'tag' | 'priority' | 'list' | 'literal';

/** A piece of the text and what it was taken for. */
export interface Understood {
  readonly kind: UnderstoodKind;
  /** First character, from 0. */
  readonly start: number;
  /** One after the last character. */
  readonly end: number;
  /** The piece as typed. */
  readonly text: string;
  /** One sentence for a person. */
  readonly meaning: string;
  /** True when the piece stays in the title as well. */
  readonly inTitle: boolean;
}

/** A range of the text. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Stands for a literal character: no word, no blank, so no phrase can reach across it. */
const LITERAL = '\uFFFC';

/** A text being read. */
export interface SourceText {
  /** The text as typed. */
  readonly original: string;
  /** The same length: claimed pieces are blank, literal ones are U+FFFC. */
  rest: string;
  readonly understood: Understood[];
  /** Ranges that do not go into the title. */
  readonly removed: Range[];
}

/** Begins to read. */
export function sourceText(original: string): SourceText {
  return { original, rest: original, understood: [], removed: [] };
}

/** Marks a piece as understood; it leaves the title unless `inTitle`. */
export function claim(
  source: SourceText,
  range: Range,
  kind: UnderstoodKind,
  meaning: string,
  inTitle = false,
): void {
  const fill = kind === 'literal' ? LITERAL : ' ';
  source.rest =
    source.rest.slice(0, range.start) +
    fill.repeat(range.end - range.start) +
    source.rest.slice(range.end);
  source.understood.push({
    kind,
    start: range.start,
    end: range.end,
    text: source.original.slice(range.start, range.end),
    meaning,
    inTitle,
  });
  if (!inTitle) source.removed.push(range);
}

/** What is left for the title: unclaimed words as they were typed; only the seams where something was taken out are mended. */
export function titleOf(source: Pick<SourceText, 'original' | 'removed'>): string {
  let title = '';
  let at = 0;
  for (const range of [...source.removed].sort((a, b) => a.start - b.start)) {
    title = join(title, source.original.slice(at, Math.max(at, range.start)), at);
    at = Math.max(at, range.end);
  }
  title = join(title, source.original.slice(at), at);
  return source.removed.length > 0 ? title.replace(/[\s,;:–-]+$/, '').trim() : title.trim();
}

function join(title: string, piece: string, at: number): string {
  if (at === 0) return piece;
  if (title.trim() === '') return piece.replace(/^[\s,;:–-]+/, '');
  // a mark or a quote can end right at a word's end: no blank is invented there
  if (!/\s$/.test(title) || !/^\s/.test(piece)) return title + piece;
  const rest = piece.trimStart();
  return /^[,.;:!?]+(?=\s|$)/.test(rest) ? title.trimEnd() + rest : `${title.trimEnd()} ${rest}`;
}
