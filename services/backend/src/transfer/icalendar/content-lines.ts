// A calendar as content lines (RFC 5545 3.1), piece by piece: folded lines put together, each with its parameters and value
// split by ical.js. Values stay as they are written, text apart: what a date or a rule says is read where it is used, so that a
// wrong one costs nothing else.
import ICAL from 'ical.js';

/** Longest content line, in characters, unfolded: a task's notes with room; what is longer is cut. */
const MAX_LINE = 200_000;

/** A content line. */
export interface ContentLine {
  /** Upper case. */
  readonly name: string;
  /** Names in lower case. */
  readonly params: Readonly<Record<string, string>>;
  /** The value's type: that of VALUE in lower case, else `text` or `unknown`. */
  readonly type: string;
  /** Text with its escapes undone, a value for each comma of a list; else the value as written. */
  readonly values: readonly string[];
}

/** A line as it stands in the file, unfolded. */
export interface RawLine {
  readonly text: string;
  /** Where it begins, from 1. */
  readonly number: number;
}

/** The file's lines, unfolded. */
export async function* rawLines(text: AsyncIterable<string>): AsyncGenerator<RawLine> {
  let rest = '';
  let open: RawLine | undefined;
  let number = 0;
  const take = (line: string): RawLine | undefined => {
    number += 1;
    if (/^[ \t]/.test(line) && open) {
      if (open.text.length < MAX_LINE) open = { ...open, text: open.text + line.slice(1) };
      return undefined;
    }
    const done = open;
    open = { text: line, number };
    return done;
  };
  for await (const piece of text) {
    const lines = (rest + piece).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    // a line without an end: its beginning is enough
    if (rest.length > 2 * MAX_LINE) rest = rest.slice(0, MAX_LINE);
    for (const line of lines) {
      const done = take(line);
      if (done && done.text !== '') yield done;
    }
  }
  for (const line of [rest.replace(/\r$/, ''), '']) {
    const done = take(line);
    if (done && done.text !== '') yield done;
  }
}

/** ical.js's rules for text, and none for dates, durations and rules: those stay as written. */
const design = (() => {
  const { icalendar } = ICAL.design;
  const { text, 'cal-address': address } = icalendar.value as Record<string, object>;
  const lists = new Set(['categories', 'exdate', 'rdate']);
  const texts = new Set([
    'summary',
    'description',
    'location',
    'name',
    'x-wr-calname',
    'categories',
    'related-to',
    'uid',
    'x-todo-list',
    'x-todo-rrule',
  ]);
  const property = Object.fromEntries(
    [...new Set([...lists, ...texts])].map((name) => [
      name,
      {
        defaultType: texts.has(name) ? 'text' : 'unknown',
        ...(lists.has(name) ? { multiValue: ',' } : {}),
      },
    ]),
  );
  return { ...icalendar, property, value: { text, 'cal-address': address } };
})();

/** Splits a line. @throws Error of ical.js for one that is none */
export function parseLine(text: string): ContentLine {
  const [name, params, type, ...values] = ICAL.parse.property(text, design) as [
    string,
    Record<string, string | string[]>,
    string,
    ...unknown[],
  ];
  return {
    name: name.toUpperCase(),
    type,
    params: Object.fromEntries(
      Object.entries(params).map(([key, value]) => [
        key.toLowerCase(),
        Array.isArray(value) ? value.join(',') : value,
      ]),
    ),
    values: values.map(String),
  };
}
