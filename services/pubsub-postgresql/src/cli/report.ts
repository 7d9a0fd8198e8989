// What a command found or did, printed for a person or for a program.
import { printable } from './payload-view.ts';

/** A value of a report. Dates are UTC instants. */
export type Cell = string | number | boolean | Date | null;

/** What a command answers. */
export interface Report {
  /** Names the rows in JSON. */
  name: string;
  rows: Record<string, Cell>[];
  /** Facts beside the rows. */
  facts?: Record<string, Cell>;
  /** For a person, below the rows. */
  note?: string;
  exitCode: number;
}

/** One JSON object on one line: the rows under their name, and the facts. Dates are ISO 8601. */
export function toJson({ name, rows, facts }: Report): string {
  return `${JSON.stringify({ [name]: rows, ...facts })}\n`;
}

/** A table, the facts, the note. No control character of a topic, group or message reaches the terminal. */
export function toText({ name, rows, facts = {}, note }: Report): string {
  const lines: string[] = [];
  if (rows.length === 0) lines.push(`no ${spaced(name)}`);
  else lines.push(...table(rows));
  const known = Object.entries(facts).map(([fact, value]) => `${spaced(fact)}: ${text(value)}`);
  if (known.length > 0) lines.push('', ...known);
  if (note !== undefined) lines.push('', note);
  return `${lines.join('\n')}\n`;
}

function table(rows: Record<string, Cell>[]): string[] {
  const columns = Object.keys(rows[0] ?? {});
  const cells = [
    columns.map((column) => spaced(column).toUpperCase()),
    ...rows.map((row) => columns.map((column) => text(row[column] ?? null))),
  ];
  const widths = columns.map((_, index) =>
    Math.max(...cells.map((line) => (line[index] ?? '').length)),
  );
  return cells.map((line) =>
    line
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function text(value: Cell): string {
  if (value === null || value === '') return '-';
  if (value instanceof Date) return value.toISOString().replace(/\.\d+Z$/, 'Z');
  return printable(String(value));
}

/** lastActiveAt → last active at */
function spaced(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
