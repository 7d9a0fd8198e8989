// Values in the cells of a table: what our own export writes, and what spreadsheets make of it when they save.
import { Temporal } from 'temporal-polyfill';
import { changed, leftOut, quote } from '../entry.ts';
import type { DraftDue, DraftReminder, Note } from '../entry.ts';

/** Text that a spreadsheet would run as a formula, or that was protected from that once already. */
const FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/;

/** A cell's text that no spreadsheet runs: an apostrophe before what begins like a formula. {@link fromSafeCell} takes it off. */
export function safeCell(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

/** The text of a cell that {@link safeCell} wrote. */
export function fromSafeCell(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell;
}

/** Tags in one cell: by spaces, those with a space, comma, semicolon or quotation mark in quotation marks, as quick add has them. */
export function tagsCell(tags: readonly string[]): string {
  return tags
    .map((tag) => (/[\s,;"]/.test(tag) ? `"${tag.replaceAll('"', '""')}"` : tag))
    .join(' ');
}

/** Reads {@link tagsCell}, and what people write: separated by commas, semicolons, bars or lines, else by spaces. */
export function readTags(cell: string): string[] {
  const quoted: string[] = [];
  const rest = cell.replace(/#?"((?:[^"]|"")*)"/g, (_all, tag: string) => {
    quoted.push(tag.replaceAll('""', '"'));
    return '\uE000';
  });
  const separator = /[,;|\n]/.test(rest) ? /[,;|\r\n\uE000]+/ : /[\s\uE000]+/;
  // in the order of the cell
  const pieces = rest.split(/(\uE000)/).flatMap((piece) => {
    if (piece === '\uE000') return [quoted.shift() ?? ''];
    return piece.split(separator).map((tag) => tag.trim());
  });
  return pieces.filter((tag) => tag !== '');
}

/** Reminders in one cell: instants and durations before the due, by spaces. */
export function readReminders(cell: string): DraftReminder[] {
  return cell
    .split(/[\s,;]+/)
    .filter((text) => text !== '')
    .map((text) => (/^P/i.test(text) ? { before: text.toUpperCase() } : { at: text }));
}

/** Who reads a date: numbers such as 3/4/2027 are in the order of their country. */
export interface DateReader {
  readonly zone: string;
  readonly locale: string;
  /** What the other dates of the file say of their order. */
  readonly monthFirst?: (() => boolean | undefined) | undefined;
}

/** Watches the dates of a file for what they say of their order: 10/15/2026 can only be a month first. */
export function dateOrder(): {
  readonly see: (cells: readonly string[]) => void;
  /** Undefined where no date says it, or they contradict each other. */
  readonly monthFirst: () => boolean | undefined;
} {
  const seen = new Set<boolean>();
  return {
    see: (cells) => {
      for (const cell of cells) {
        const [, first, second] = /^\s*(\d{1,2})[/-](\d{1,2})[/-]\d{4}(?:\D|$)/.exec(cell) ?? [];
        if (Number(first) > 12 && Number(second) <= 12) seen.add(false);
        if (Number(second) > 12 && Number(first) <= 12) seen.add(true);
      }
    },
    monthFirst: () => (seen.size === 1 ? seen.has(true) : undefined),
  };
}

/**
 * A due in a cell: ISO 8601, `31.01.2027 09:00`, `1/31/2027 9:00 AM`, `Jan 31 2027`. A time is on the wall clock of the zone beside
 * it, or of the person.
 */
export function readDue(
  property: string,
  cell: string,
  named: string | undefined,
  reader: DateReader,
  notes: Note[],
): DraftDue | null {
  const text = cell.trim();
  if (text === '') return null;
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?\s*(Z|[+-]\d\d:?\d\d)$/i.test(text))
    return { kind: 'instant', at: withColon(text) };
  const read = readLocal(text, reader, property, notes);
  if (read === undefined) {
    notes.push(
      leftOut(
        property,
        `${quote(text)} is not a date: expected one such as 2027-01-31 or 2027-01-31T09:00`,
      ),
    );
    return null;
  }
  if (read.length === 10) return { kind: 'date', date: read };
  return { kind: 'local', local: read.slice(0, 16), zone: named?.trim() || reader.zone };
}

/** An instant in a cell, for what happened in the past; a time without an offset is on the person's clock. */
export function readInstant(
  property: string,
  cell: string,
  reader: DateReader,
  notes: Note[],
): string | null {
  const due = readDue(property, cell, undefined, reader, notes);
  if (due === null) return null;
  if (due.kind === 'instant') return due.at;
  const local = due.kind === 'date' ? `${due.date}T12:00` : due.local;
  try {
    return Temporal.PlainDateTime.from(local).toZonedDateTime(reader.zone).toInstant().toString();
  } catch {
    notes.push(leftOut(property, `${quote(cell)} is not a valid time`));
    return null;
  }
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const GERMAN: Readonly<Record<string, string>> = {
  mär: 'mar',
  mrz: 'mar',
  mai: 'may',
  okt: 'oct',
  dez: 'dec',
};

function readLocal(
  text: string,
  reader: DateReader,
  property: string,
  notes: Note[],
): string | undefined {
  const time = /[T ,]+(\d{1,2}):(\d\d)(?::\d\d(?:\.\d+)?)?\s*(am|pm|uhr)?$/i.exec(text);
  const day = time ? text.slice(0, time.index) : text;
  const date = readDay(day.trim(), reader, property, notes);
  if (date === undefined) return undefined;
  if (!time) return date;
  const [, hours = '0', minutes = '00', half = ''] = time;
  let hour = Number(hours);
  if (/pm/i.test(half) && hour < 12) hour += 12;
  if (/am/i.test(half) && hour === 12) hour = 0;
  return hour > 23 ? undefined : `${date}T${String(hour).padStart(2, '0')}:${minutes}`;
}

function readDay(
  day: string,
  reader: DateReader,
  property: string,
  notes: Note[],
): string | undefined {
  const iso =
    /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/.exec(day) ?? /^(\d{4})(\d\d)(\d\d)$/.exec(day);
  if (iso) return dateOf(iso[1], iso[2], iso[3]);
  const dotted = /^(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})$/.exec(day);
  if (dotted) return dateOf(dotted[3], dotted[2], dotted[1]);
  const slashed = /^(\d{1,2})[/-](\d{1,2})[/-](\d{4})$/.exec(day);
  if (slashed) {
    const [, first = '', second = '', year] = slashed;
    const ofFile = reader.monthFirst?.();
    const isMonthFirst =
      Number(first) > 12
        ? false
        : Number(second) > 12
          ? true
          : (ofFile ?? monthComesFirst(reader.locale));
    const isOpen = ofFile === undefined && Number(first) <= 12 && Number(second) <= 12;
    if (isOpen && Number(first) !== Number(second))
      notes.push(
        changed(
          property,
          `${quote(day)} was read as ${isMonthFirst ? 'month, day' : 'day, month'}, as in ${reader.locale}`,
        ),
      );
    return isMonthFirst ? dateOf(year, first, second) : dateOf(year, second, first);
  }
  const named =
    /^(?:[\p{L}]+,? +)?([\p{L}]{3,})\.? +(\d{1,2})(?:st|nd|rd|th)?,? +(\d{4})$/u.exec(day) ??
    swap(/^(?:[\p{L}]+,? +)?(\d{1,2})(?:st|nd|rd|th)?\.? +([\p{L}]{3,})\.?,? +(\d{4})$/u.exec(day));
  if (!named) return undefined;
  const short = (named[1] ?? '').toLowerCase().slice(0, 3);
  const month = MONTHS.indexOf(GERMAN[short] ?? short) + 1;
  return month === 0 ? undefined : dateOf(named[3], String(month), named[2]);
}

function swap(match: RegExpExecArray | null): (string | undefined)[] | null {
  return match && [match[0], match[2], match[1], match[3]];
}

function dateOf(year = '', month = '', day = ''): string | undefined {
  const text = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  try {
    return Temporal.PlainDate.from(text, { overflow: 'reject' }).toString();
  } catch {
    return undefined;
  }
}

function monthComesFirst(locale: string): boolean {
  const parts = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'numeric' }).formatToParts(
    new Date(0),
  );
  return (
    parts.findIndex(({ type }) => type === 'month') < parts.findIndex(({ type }) => type === 'day')
  );
}

/** `+0000` as `+00:00`. */
export function withColon(text: string): string {
  return text
    .toUpperCase()
    .replace(/\s+(?=Z$|[+-])/, '')
    .replace(/([+-]\d\d)(\d\d)$/, '$1:$2');
}

/** A state in a cell: what says that a task is done. */
export function isDone(cell: string): boolean {
  return /^(done|x|✓|✔|1|true|wahr|yes|y|ja|complete|completed|erledigt|abgeschlossen|100\s*%?)$/i.test(
    cell.trim(),
  );
}

/** A priority in a cell; undefined for a word that is none. */
export function readPriority(cell: string): string | undefined {
  const word = cell.trim().toLowerCase();
  if (/^(|none|0|normal|no|keine|!0)$/.test(word)) return 'none';
  if (/^(high|highest|urgent|hoch|h|p1|a|!{3}|critical)$/.test(word)) return 'high';
  if (/^(medium|mittel|m|p2|b|!{2}|moderate)$/.test(word)) return 'medium';
  if (/^(low|lowest|niedrig|gering|l|p3|c|!)$/.test(word)) return 'low';
  return undefined;
}
