// A filter's text as tokens. A sign and its name are one token; everything else that is no operator is a word.

/** A piece of the text. `start` and `end` count UTF-16 units from 0; `end` is behind the last. */
export interface Token {
  readonly kind: 'word' | 'text' | 'tag' | 'list' | 'priority' | 'and' | 'or' | 'not' | '(' | ')';
  /** A word as written, a name without sign and quotes. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

/** A quotation mark that is not closed: where it stands. */
export interface OpenQuote {
  readonly openQuote: number;
}

const PIECE =
  /(?<open>\()|(?<close>\))|(?<and>&{1,2})|(?<or>\|{1,2})|(?<sign>[#+!]?)"(?<quoted>(?:[^"\\]|\\[^])*)(?<end>"?)|(?<mark>[#+!])(?<name>[^\s()&|",;]*)|(?<word>[^\s()&|"]+)/gu;
const SIGNS = { '': 'text', '#': 'tag', '+': 'list', '!': 'priority' } as const;
const WORDS = new Map([
  ['and', 'and'],
  ['or', 'or'],
  ['not', 'not'],
] as const);

/** The tokens of a filter. */
export function tokensOf(text: string): Token[] | OpenQuote {
  const tokens: Token[] = [];
  for (const match of straight(text).matchAll(PIECE)) {
    const { index: start, groups = {} } = match;
    const at = { start, end: start + match[0].length };
    const { open, close, and, or, sign, quoted, mark, name, word } = groups;
    if (open !== undefined) tokens.push({ kind: '(', value: open, ...at });
    else if (close !== undefined) tokens.push({ kind: ')', value: close, ...at });
    else if (and !== undefined) tokens.push({ kind: 'and', value: and, ...at });
    else if (or !== undefined) tokens.push({ kind: 'or', value: or, ...at });
    else if (quoted !== undefined) {
      if (groups['end'] === '') return { openQuote: start };
      tokens.push({ kind: SIGNS[sign as keyof typeof SIGNS], value: unescaped(quoted), ...at });
    } else if (mark !== undefined)
      tokens.push({ kind: SIGNS[mark as keyof typeof SIGNS], value: name ?? '', ...at });
    else if (word !== undefined)
      tokens.push({ kind: WORDS.get(word.toLowerCase() as 'and') ?? 'word', value: word, ...at });
  }
  return tokens;
}

/** A name in quotation marks. */
export function quoted(name: string): string {
  return `"${name.replace(/["\\]/g, '\\$&')}"`;
}

/** Typographic quotation marks, which phones write, as plain ones. No position moves. */
function straight(text: string): string {
  return text.replace(/[“”„]/g, '"');
}

function unescaped(text: string): string {
  return text.replace(/\\([^])/gu, '$1');
}
