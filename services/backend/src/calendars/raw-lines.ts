// A calendar's text as lines that can be put together again byte for byte: folded lines stay folded (RFC 5545 3.1). The readers
// of files unfold; here nothing may change that nobody has changed.

/** A line as it is written, with its folds and its end. */
export interface RawPiece {
  readonly raw: string;
  /** Upper case; `BEGIN` and `END` for the edges of components. */
  readonly name: string;
  /** Unfolded, without its end. */
  readonly text: string;
}

/** A component: its edges, its own lines and the components within, in their order. */
export interface RawComponent {
  readonly kind: string;
  readonly begin: string;
  readonly end: string;
  readonly parts: readonly (RawPiece | RawComponent)[];
}

/** Splits a text into its lines. */
export function rawPieces(text: string): RawPiece[] {
  return (text.match(/[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*(?:\r\n|\n|\r|$)/g) ?? [])
    .filter((raw) => raw.trim() !== '')
    .map((raw) => {
      const line = raw.replace(/\r?\n[ \t]/g, '').replace(/[\r\n]+$/, '');
      return { raw, name: (/^[\w-]+/.exec(line)?.[0] ?? '').toUpperCase(), text: line };
    });
}

/** The components of a text, those within as parts. What is outside of any is left out. */
export function rawComponents(text: string): RawComponent[] {
  interface Open {
    kind: string;
    begin: string;
    parts: (RawPiece | RawComponent)[];
  }
  const top: RawComponent[] = [];
  const open: Open[] = [];
  for (const piece of rawPieces(text)) {
    const kind = piece.text
      .slice(piece.text.indexOf(':') + 1)
      .trim()
      .toUpperCase();
    const within = open.at(-1);
    if (piece.name === 'BEGIN') open.push({ kind, begin: piece.raw, parts: [] });
    else if (piece.name === 'END' && within) {
      open.pop();
      const closed: RawComponent = { ...within, end: piece.raw };
      (open.at(-1)?.parts ?? top).push(closed);
    } else within?.parts.push(piece);
  }
  return top;
}

/** Whether a part is a component. */
export function isComponent(part: RawPiece | RawComponent): part is RawComponent {
  return 'kind' in part;
}

/** A component as it is written. */
export function rawText({ begin, end, parts }: RawComponent): string {
  return begin + parts.map((part) => (isComponent(part) ? rawText(part) : part.raw)).join('') + end;
}
