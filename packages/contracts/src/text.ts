// Text that a person wrote: what it shows, how long it is, and how it stands in a sentence. One answer for every door and
// every page, so that a title the page takes is never refused by the API, and no title can rearrange the words around it.
// The first page of the app needs this, so nothing here needs Node or zod; the schemas are in task.ts.

/** Longest title of a task, in code points; long enough for a sentence, short enough for a list. */
export const MAX_TITLE = 500;
/** Longest notes of a task, in code points. */
export const MAX_NOTES = 20_000;
/** Longest name of a person, a list or a token, in code points. */
export const MAX_NAME = 100;

/**
 * A character that shows something by itself. Not: white space, control and format characters, what Unicode calls default
 * ignorable (variation selectors, tags, fillers such as U+3164), noncharacters, marks without a base to stand on, and the
 * characters whose glyph is defined to be blank: U+2800 (Braille), U+FFFC (object replacement), U+1D159 (null notehead),
 * U+13441 and U+13442 (Egyptian blanks).
 */
const SHOWN =
  /[^\p{White_Space}\p{Cc}\p{Cf}\p{Cs}\p{M}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800\uFFFC\u{1D159}\u{13441}\u{13442}]/u;

/**
 * Text whose order of display can differ from its order of letters: bidirectional controls, and the ranges that
 * DerivedBidiClass.txt gives to right-to-left letters and Arabic numbers.
 */
const REORDERED =
  /[\u0590-\u08FF\u200E\u200F\u202A-\u202E\u2066-\u2069\uFB1D-\uFDFF\uFE70-\uFEFF\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;

/** Characters of bidirectional class B: each ends a paragraph, and with it every isolate (UAX #9, P1 and X8). */
// eslint-disable-next-line no-control-regex -- three of them are control characters
const PARAGRAPH_ENDS = /[\n\r\u001C-\u001E\u0085\u2029]+/g;

const FIRST_STRONG_ISOLATE = '\u2068';
const POP_ISOLATE = '\u2069';
const POP_EMBEDDING = '\u202C';

/** What to say of a name that {@link showsSomething} refuses. */
export const UNSEEN = 'expected at least 1 visible character';

/** The length of a text in code points: what PostgreSQL's `char_length` and JSON Schema's `maxLength` count. */
export function lengthOf(text: string): number {
  let length = text.length;
  for (let index = 0; index < text.length - 1; index += 1) {
    if (!isPair(text, index)) continue;
    length -= 1;
    index += 1;
  }
  return length;
}

/** The first `max` code points of a text. No surrogate pair is cut in two. */
export function shortened(text: string, max: number): string {
  if (text.length <= max) return text;
  let end = 0;
  for (let count = 0; count < max && end < text.length; count += 1)
    end += isPair(text, end) ? 2 : 1;
  return text.slice(0, end);
}

/** Whether a reader sees anything of a text: false for empty text and for blanks and invisible characters alone. */
export function showsSomething(text: string): boolean {
  return SHOWN.test(text);
}

/**
 * A person's text to stand in a sentence of plain text (UAX #9, section 6.3): isolated, its own unmatched controls dropped or
 * closed, in one line. Text that reads in one direction and has no controls comes back as it is. HTML uses `<bdi>` instead.
 */
export function isolated(text: string): string {
  if (!REORDERED.test(text)) return text;
  return `${FIRST_STRONG_ISOLATE}${balanced(text.replace(PARAGRAPH_ENDS, ' '))}${POP_ISOLATE}`;
}

/** The text with each embedding, override and isolate closed within it, and none closed that it did not open (BD9, BD11). */
function balanced(text: string): string {
  const open: string[] = [];
  let result = '';
  for (const char of text) {
    if (/[\u202A\u202B\u202D\u202E]/.test(char)) {
      open.push(POP_EMBEDDING);
      result += char;
    } else if (/[\u2066-\u2068]/.test(char)) {
      open.push(POP_ISOLATE);
      result += char;
    } else if (char === POP_EMBEDDING) {
      if (open.at(-1) === POP_EMBEDDING) result += open.pop() ?? '';
    } else if (char === POP_ISOLATE) {
      // embeddings within an isolate end with it
      if (open.includes(POP_ISOLATE)) {
        while (open.at(-1) === POP_EMBEDDING) result += open.pop() ?? '';
        result += open.pop() ?? '';
      }
    } else {
      result += char;
    }
  }
  return result + open.reverse().join('');
}

function isPair(text: string, index: number): boolean {
  const unit = text.charCodeAt(index);
  const next = text.charCodeAt(index + 1);
  return unit >= 0xd800 && unit <= 0xdbff && next >= 0xdc00 && next <= 0xdfff;
}
