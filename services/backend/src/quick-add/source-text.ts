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
  /** What a piece with a slip of the fingers in it was read as. */
  readonly corrected?: string;
}

/** A range of the text. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Stands for a literal character: no word, no blank, so no phrase can reach across it. */
const LITERAL = '\uFFFC';

/** A piece that was recognised. */
export interface Claim extends Range {
  readonly kind: UnderstoodKind;
  readonly meaning: string;
  readonly inTitle: boolean;
}

/** A text being read. */
export interface SourceText {
  /** The text as typed. */
  readonly original: string;
  /** The same length; literal pieces are U+FFFC. */
  rest: string;
  readonly claims: Claim[];
  /** Single characters that a literal piece leaves behind: its quotes, its backslash. */
  readonly signs: Range[];
}

/** Begins to read. */
export function sourceText(original: string): SourceText {
  return { original, rest: original, claims: [], signs: [] };
}

/** Marks a piece as understood; it leaves the title unless `inTitle`. */
export function claim(
  source: SourceText,
  { start, end }: Range,
  kind: UnderstoodKind,
  meaning: string,
  inTitle = false,
): void {
  if (kind === 'literal')
    source.rest =
      source.rest.slice(0, start) + LITERAL.repeat(end - start) + source.rest.slice(end);
  source.claims.push({ start, end, kind, meaning, inTitle });
}

/** A title and what was understood: each character of the text is in one of them. */
export interface Settled {
  readonly title: string;
  readonly understood: Understood[];
}

/**
 * What is left for the title: unclaimed words as they were typed. Punctuation that only joined a claimed piece to the rest
 * ("buy bread, tomorrow") goes with the piece.
 */
export function settle(source: Pick<SourceText, 'original' | 'claims' | 'signs'>): Settled {
  const { original, signs } = source;
  const claims = [...source.claims].sort((a, b) => a.start - b.start);
  const gone = (): Range[] => [...claims.filter(({ inTitle }) => !inTitle), ...signs];
  claims.forEach((claimed, index) => {
    if (claimed.inTitle) return;
    const others = gone().filter((range) => range !== claimed);
    claims[index] = { ...claimed, ...withPunctuation(original, claimed, others, claims) };
  });
  return {
    title: titleWithout(original, gone()),
    understood: claims.map(({ start, end, kind, meaning, inTitle }) => ({
      kind,
      start,
      end,
      text: original.slice(start, end),
      meaning,
      inTitle,
    })),
  };
}

function withPunctuation(
  text: string,
  { start, end }: Range,
  others: readonly Range[],
  claims: readonly Range[],
): Range {
  const isClaimed = (at: number): boolean =>
    claims.some((range) => at >= range.start && at < range.end);
  const free = blanked(text, others);
  const [left, right] = [free.slice(0, start), free.slice(end)];
  const joint = /[,;:–-]+\s*$/.exec(text.slice(0, start))?.[0].length ?? 0;
  const jointAfter = /^\s*[,;:–-]+(?=\s|$)/.exec(text.slice(end))?.[0].length ?? 0;
  const isLast = /^[\s,;:–-]*$/.test(right);
  const isFirst = /^[\s,;:–-]*$/.test(left);
  let from = start;
  let to = end;
  if (isFirst || isLast) to += jointAfter;
  if (isLast || (/^\s*[,;]/.test(right) && /,\s*$/.test(left))) from -= joint;
  if (text[from - 1] === '(' && text[to] === ')') [from, to] = [from - 1, to + 1];
  while (from < start && isClaimed(from)) from += 1;
  while (to > end && isClaimed(to - 1)) to -= 1;
  return { start: from, end: to };
}

/** Blanks for what is gone, so that what stands next to a piece can be seen; nothing is read from it. */
function blanked(text: string, ranges: readonly Range[]): string {
  let result = text;
  for (const { start, end } of ranges)
    result = result.slice(0, start) + ' '.repeat(end - start) + result.slice(end);
  return result;
}

function titleWithout(original: string, ranges: readonly Range[]): string {
  let title = '';
  let at = 0;
  for (const range of [...ranges].sort((a, b) => a.start - b.start)) {
    title = join(title, original.slice(at, Math.max(at, range.start)), at);
    at = Math.max(at, range.end);
  }
  return join(title, original.slice(at), at).trim();
}

function join(title: string, piece: string, at: number): string {
  if (at === 0) return piece;
  if (title.trim() === '') return piece.trimStart();
  if (/^\s*[,.;:!?)]+(?=\s|$)/.test(piece)) return title.trimEnd() + piece.trimStart();
  // a mark or a quote can end right at a word's end: no blank is invented there
  if (!/\s$/.test(title) || !/^\s/.test(piece)) return title + piece;
  return `${title.trimEnd()} ${piece.trimStart()}`;
}
