// A calendar as its entries: VTODO and VEVENT each as the lines between BEGIN and END, in whatever order and however many
// VCALENDARs there are. Zones may be defined after their use and a series after its changed occurrences, so nothing is
// understood here but names.
import type { RawLine } from './content-lines.ts';
import { parseLine } from './content-lines.ts';

/** Lines of one entry that are kept. */
const MAX_LINES = 5_000;

/** An entry of a calendar, unread. */
export interface Component {
  /** `VTODO`, `VEVENT`, or another one that makes no task. */
  readonly kind: string;
  /** Unfolded lines between BEGIN and END, components within included. */
  readonly lines: string[];
  /** Where BEGIN stands, from 1. */
  readonly line: number;
  /** The calendar's own name. */
  readonly calendar: string | undefined;
  /** The file ends before END. */
  readonly isCut: boolean;
}

/** What the splitting finds beside entries. */
export interface ComponentSink {
  readonly zone: (text: string) => void;
  readonly remark: (text: string) => void;
}

/** Components within an entry or a calendar that make no task and need no word. */
const SILENT = new Set(['VTIMEZONE', 'VCALENDAR', 'VALARM', 'STANDARD', 'DAYLIGHT']);

/** Splits a file. */
export async function* components(
  lines: AsyncIterable<RawLine>,
  sink: ComponentSink,
): AsyncGenerator<Component> {
  let open: { kind: string; lines: string[]; line: number; depth: number } | undefined;
  let calendar: string | undefined;
  let calendars = 0;
  let inCalendar = false;
  for await (const { text, number } of lines) {
    const [, edge = '', name = ''] = /^(BEGIN|END):\s*([\w-]+)\s*$/i.exec(text) ?? [];
    const kind = name.toUpperCase();
    const begins = edge.toUpperCase() === 'BEGIN';
    if (!open) {
      if (kind === 'VCALENDAR') {
        inCalendar = begins;
        calendar = undefined;
        if (begins) calendars += 1;
      } else if (begins) {
        open = { kind, lines: [], line: number, depth: 1 };
      } else if (edge === '') calendar = calendarName(text) ?? calendar;
      continue;
    }
    if (
      edge !== '' &&
      (kind === 'VCALENDAR' || (begins && kind === open.kind && open.depth === 1))
    ) {
      // an END is missing: what comes next is a new entry
      yield { ...open, calendar, isCut: true };
      inCalendar = begins;
      open = kind === 'VCALENDAR' ? undefined : { kind, lines: [], line: number, depth: 1 };
      continue;
    }
    if (edge !== '') open.depth += begins ? 1 : -1;
    if (open.depth === 0) {
      if (open.kind === 'VTIMEZONE')
        sink.zone(['BEGIN:VTIMEZONE', ...open.lines, 'END:VTIMEZONE'].join('\r\n'));
      else if (!SILENT.has(open.kind)) yield { ...open, calendar, isCut: false };
      open = undefined;
    } else if (open.lines.length < MAX_LINES) open.lines.push(text);
  }
  if (open && !SILENT.has(open.kind)) yield { ...open, calendar, isCut: true };
  if (inCalendar || open)
    sink.remark('the file ends without END:VCALENDAR: it may be truncated. Export it again');
  if (calendars > 1) sink.remark(`the file contains ${calendars} calendars`);
}

/** NAME (RFC 7986 5.1), and what programs wrote before it. */
function calendarName(line: string): string | undefined {
  if (!/^(NAME|X-WR-CALNAME)[;:]/i.test(line)) return undefined;
  try {
    const name = parseLine(line).values[0]?.trim();
    return name === '' ? undefined : name;
  } catch {
    return undefined;
  }
}

/** The first value of a property of an entry itself, not of a component within; undefined without one. */
export function firstValue(lines: readonly string[], name: string): string | undefined {
  let depth = 0;
  const wanted = new RegExp(`^${name}[;:]`, 'i');
  for (const line of lines) {
    if (/^BEGIN:/i.test(line)) depth += 1;
    else if (/^END:/i.test(line)) depth -= 1;
    else if (depth === 0 && wanted.test(line))
      try {
        const value = parseLine(line).values[0]?.trim();
        if (value) return value;
      } catch {
        // read with the entry, and noted there
      }
  }
  return undefined;
}
