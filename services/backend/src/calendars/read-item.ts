// What a program writes, read as a task: by the reader of calendar files, so that both doors understand the same. What a file's
// import would put into the notes (LOCATION, URL) stays in the item's own text here.
import { countedIn } from '../tasks/exceptions.ts';
import { fileZones } from '../transfer/icalendar/zones.ts';
import { startNamed, startOfEntry } from '../transfer/icalendar/occurrences.ts';
import { ruleParts } from '../transfer/icalendar/rule.ts';
import { readTimeValue } from '../transfer/icalendar/read-time.ts';
import type { TimeContext } from '../transfer/icalendar/read-time.ts';
import { parseLine, rawLines } from '../transfer/icalendar/content-lines.ts';
import type { CalendarContent } from '../transfer/icalendar/calendar-content.ts';
import { components, firstValue } from '../transfer/icalendar/components.ts';
import { calendarReader } from '../transfer/icalendar/read-calendar.ts';
import { adopter } from '../transfer/adopt.ts';
import type { Adopted } from '../transfer/adopt.ts';
import type { Draft, StagedEntry } from '../transfer/entry.ts';

/** Longest UID that is kept; RFC 7986 5.3 asks for less than 255. */
const MAX_UID = 500;

/** Why a text is no item: a precondition of RFC 4791 5.3.2.1, and a sentence for people. */
export class ItemFault extends Error {
  override readonly name = 'ItemFault';
  readonly precondition:
    'valid-calendar-data' | 'valid-calendar-object-resource' | 'supported-calendar-component';
  constructor(precondition: ItemFault['precondition'], message: string) {
    super(message);
    this.precondition = precondition;
  }
}

/** An item that was read. */
export interface ReadItem {
  readonly uid: string;
  readonly parentUid: string | null;
  readonly adopted: Adopted;
  /** The rule without its COUNT, which programs lower by themselves; null: none. */
  readonly rule: string | null;
  /** Occurrences that the text calls finished, by their start as exceptions name it. */
  readonly finished: ReadonlySet<string>;
  /** Occurrences that the text leaves out (EXDATE), likewise. */
  readonly excluded: ReadonlySet<string>;
}

/** Whose clock counts. */
export interface ItemContext {
  /** IANA. */
  readonly zone: string;
  /** BCP 47. */
  readonly locale: string;
  readonly now: Date;
}

/** Reads an iCalendar object with one VTODO and perhaps its changed occurrences. @throws ItemFault */
export async function readItem(text: string, context: ItemContext): Promise<ReadItem> {
  if (text.includes('\0'))
    throw new ItemFault('valid-calendar-data', 'The text contains U+0000. Remove it.');
  const reader = calendarReader(context);
  const staged: StagedEntry[] = [];
  for await (const entry of reader.entries(once(text))) {
    const content = entry.content as CalendarContent;
    const lines = content.lines.filter((line) => !/^(LOCATION|URL)[;:]/i.test(line));
    staged.push({ ...entry, content: { ...content, lines } });
  }
  const { main, uid } = single(text, staged);
  const draft: Draft = reader.finish(main);
  if (draft.leftOut !== undefined)
    throw new ItemFault('supported-calendar-component', `${draft.leftOut}. Send a VTODO.`);
  const { lines } = main.content as CalendarContent;
  const rule = firstValue(lines, 'RRULE');
  const adopted = adopter(context.now)(draft);
  const zones = fileZones(context.zone, context.now);
  for await (const _ of components(rawLines(once(text)), { zone: zones.define, remark: nothing }));
  const startsOf = (named: readonly string[]): Set<string> =>
    startsNamed(named, lines, ofSeries(adopted), { zone: context.zone, zones });
  return {
    uid,
    parentUid: main.parentUid ?? null,
    adopted,
    rule: rule === undefined ? null : ruleWithoutCount(rule),
    finished: startsOf(
      staged
        .map((entry) => (entry.content as CalendarContent).lines)
        .filter((each) => firstValue(each, 'STATUS')?.toUpperCase() === 'COMPLETED')
        .flatMap((each) => each.filter((line) => /^RECURRENCE-ID[;:]/i.test(line))),
    ),
    excluded: startsOf(lines.filter((line) => /^EXDATE[;:]/i.test(line))),
  };
}

/** What the series has where the occurrence that is shown has something else; else what both have. */
export function ofSeries({ input, usual }: Adopted): Adopted['input'] {
  return Object.assign({ ...input }, usual);
}

async function* once(text: string): AsyncGenerator<string> {
  yield await Promise.resolve(text);
}

function single(text: string, staged: readonly StagedEntry[]): { main: StagedEntry; uid: string } {
  if (!/^BEGIN:VCALENDAR\s*$/im.test(text) || !/^END:VCALENDAR\s*$/im.test(text))
    throw new ItemFault(
      'valid-calendar-data',
      'The text is not an iCalendar object. It must begin with BEGIN:VCALENDAR and end with END:VCALENDAR.',
    );
  const kinds = new Set(staged.map((entry) => (entry.content as CalendarContent).kind));
  const other = [...kinds].find((kind) => kind !== 'VTODO');
  if (other !== undefined)
    throw new ItemFault(
      'supported-calendar-component',
      `These collections contain tasks (VTODO), not ${other}. Choose another calendar for it.`,
    );
  const [main, ...more] = staged.filter((entry) => entry.isAside !== true);
  if (!main)
    throw new ItemFault('valid-calendar-object-resource', 'The text contains no VTODO. Send one.');
  const uids = new Set(
    staged.map((entry) => firstValue((entry.content as CalendarContent).lines, 'UID')),
  );
  const [uid] = uids;
  if (uid === undefined || uids.size > 1 || more.length > 0)
    throw new ItemFault(
      'valid-calendar-object-resource',
      'Send one VTODO with a UID, and changed occurrences of it only.',
    );
  if (uid.length > MAX_UID)
    throw new ItemFault(
      'valid-calendar-object-resource',
      `The UID is longer than ${MAX_UID} characters. Use a shorter one.`,
    );
  return { main, uid };
}

/** A rule by its parts, in one order, without COUNT. */
export function ruleWithoutCount(rule: string): string {
  return [...ruleParts(rule)]
    .filter(([name]) => name !== 'COUNT')
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join(';');
}

/** The occurrences that some lines name, by their starts. */
function startsNamed(
  lines: readonly string[],
  entry: readonly string[],
  { due, recurrence }: Adopted['input'],
  context: TimeContext,
): Set<string> {
  const starts = new Set<string>();
  if (!due || !recurrence) return starts;
  const counted = countedIn(due, recurrence, context.zone);
  const start = startOfEntry(entry, context);
  if (!start) return starts;
  for (const text of lines) {
    try {
      const line = parseLine(text);
      for (const value of line.values) {
        const time = readTimeValue(line, value.trim(), context, []);
        if (time) starts.add(startNamed(time, { start, counted }));
      }
    } catch {
      // not a content line: it names none
    }
  }
  return starts;
}

function nothing(): void {
  // what concerns a file as a whole is not asked for here
}
