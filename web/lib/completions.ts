// What the word at the cursor of a quick-add line may become: a tag, a list, a priority, or words that say when.

/** What is completed from. */
export interface CompletionSources {
  tags: readonly string[];
  lists: readonly string[];
  /** Words that say when, in the person's language. */
  whens: readonly string[];
}

/** One completion: the range of the line that it takes the place of. UTF-16 offsets. */
export interface Completion {
  kind: 'tag' | 'list' | 'priority' | 'when';
  start: number;
  end: number;
  /** As it is written into the line. */
  text: string;
}

/** Completions shown at once. */
const MAX_SHOWN = 6;
/** Letters of a word after which times are offered. */
const MIN_LETTERS = 3;
/** Words of the longest completion that are compared with what stands before the cursor. */
const MAX_WORDS = 3;
const PRIORITIES = ['!high', '!medium', '!low'];

/** Text as it is compared: without accents, in lower case. */
function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

/** A name as a mark: in quotes where it has blanks; undefined where no mark can say it. */
function marked(sign: string, name: string): string | undefined {
  if (name.includes('"')) return undefined;
  const plain = sign === '+' ? /^\p{L}[\p{L}\p{N}_/-]*$/u : /^[\p{L}\p{N}_][\p{L}\p{N}_/-]*$/u;
  return plain.test(name) ? `${sign}${name}` : `${sign}"${name}"`;
}

/**
 * Completions for the word at the cursor.
 * @param cursor offset in the line
 */
export function completionsAt(
  line: string,
  cursor: number,
  { tags, lists, whens }: CompletionSources,
): Completion[] {
  const before = line.slice(0, cursor);
  if (/[\p{L}\p{N}]/u.test(line[cursor] ?? '')) return []; // within a word
  const mark = /(?:^|\s)([#+!])("?)([^\s"]*)$/u.exec(before);
  if (mark) {
    const [, sign = '', quote = '', typed = ''] = mark;
    const start = cursor - sign.length - quote.length - typed.length;
    const names =
      sign === '!'
        ? PRIORITIES
        : (sign === '#' ? tags : lists).flatMap((name) => marked(sign, name) ?? []);
    const kind = sign === '!' ? 'priority' : sign === '#' ? 'tag' : 'list';
    const bare = (text: string) => folded(text.replace(/^[#+!]"?/, ''));
    return ranked(names, (text) => bare(text).indexOf(folded(typed)))
      .filter((text) => text.toLowerCase() !== `${sign}${typed}`.toLowerCase())
      .slice(0, MAX_SHOWN)
      .map((text) => ({ kind, start, end: cursor, text }));
  }
  for (let words = MAX_WORDS; words > 0; words -= 1) {
    const typed = new RegExp(`(?:^|\\s)((?:\\S+\\s){${words - 1}}\\S+)$`, 'u').exec(before)?.[1];
    if (typed === undefined || typed.replace(/\s/g, '').length < MIN_LETTERS) continue;
    if (whens.some((when) => folded(when) === folded(typed))) return []; // said already
    const fitting = whens.filter(
      (when) => folded(when).startsWith(folded(typed)) && when.length > typed.length,
    );
    if (fitting.length > 0)
      return fitting
        .slice(0, MAX_SHOWN)
        .map((text) => ({ kind: 'when', start: cursor - typed.length, end: cursor, text }));
  }
  return [];
}

/** Names with the typed letters, those that begin with them first. */
function ranked(names: readonly string[], placeIn: (name: string) => number): string[] {
  const found = names
    .map((name) => ({ name, place: placeIn(name) }))
    .filter(({ place }) => place >= 0);
  return [
    ...found.filter(({ place }) => place === 0),
    ...found.filter(({ place }) => place > 0),
  ].map(({ name }) => name);
}

/** A line with a completion in it, and where the cursor stands then: behind it and a blank. */
export function completed(
  line: string,
  { start, end, text }: Completion,
): { line: string; cursor: number } {
  const rest = line.slice(end).replace(/^"?\s?/, '');
  const head = `${line.slice(0, start)}${text} `;
  return { line: head + rest, cursor: head.length };
}
