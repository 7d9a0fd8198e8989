// What a person wants left alone. Three ways, all documented in docs/reference/quick-add.md:
//   "…"   a quoted part is taken word for word, without its quotes; a wholly quoted text is the title
//   \     before one character takes away its meaning: \#1, \!important, \tomorrow
//   ignore: ranges that a person took back after a preview
import { claim } from './source-text.ts';
import type { Range, SourceText } from './source-text.ts';

const QUOTED = /(?<=^|[\s(])(?:"([^"]+)"|“([^”]+)”)(?=$|[\s),.;:!?])/g;
const ESCAPED = /(?<=^|\s)\\(?=\S)(\S+)/g;

/** Claims quoted, escaped and taken-back parts as literal. */
export function claimLiterals(source: SourceText, ignore: readonly Range[]): void {
  for (const range of ignore) {
    const start = Math.max(0, Math.min(range.start, source.original.length));
    const end = Math.max(start, Math.min(range.end, source.original.length));
    if (end > start) claim(source, { start, end }, 'literal', 'stays in the title unchanged', true);
  }
  for (const match of source.rest.matchAll(QUOTED)) {
    const end = match.index + match[0].length;
    claim(source, { start: match.index, end }, 'literal', 'quoted: stays unchanged', true);
    // the quotes themselves go, what they hold stays
    source.signs.push({ start: match.index, end: match.index + 1 }, { start: end - 1, end });
  }
  for (const match of source.rest.matchAll(ESCAPED)) {
    const end = match.index + match[0].length;
    claim(source, { start: match.index, end }, 'literal', 'escaped: stays unchanged', true);
    source.signs.push({ start: match.index, end: match.index + 1 });
  }
}
