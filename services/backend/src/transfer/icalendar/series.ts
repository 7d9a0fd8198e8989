// Where a repeating entry of a calendar stands. Programs say "this one is done" in three ways: they move the entry's own start, or
// leave it and exclude the date (EXDATE), or add a changed occurrence (RECURRENCE-ID). A task is its current occurrence, so the
// series is moved past what is done or excluded first. A change of the occurrence where it then stands is that occurrence's own,
// and what is said of later ones is kept until their turn.
import { dueInstant, moveDue } from '@todo/contracts/due';
import { anchorOf, nextDue, RuleError } from '@todo/contracts/recurrence';
import type { Due, Recurrence } from '@todo/contracts/task';
import { changed, leftOut, quote } from '../entry.ts';
import type { DraftDue, DraftRecurrence, Note } from '../entry.ts';
import type { ContentLine } from './content-lines.ts';
import { parseLine } from './content-lines.ts';
import { readTimeValue, wallClock, wallClockBetween } from './read-time.ts';
import type { TimeContext } from './read-time.ts';
import { startNamed } from './occurrences.ts';
import type { OverriddenSeries, Override } from './occurrences.ts';
import { readRule, standardRule } from './rule.ts';
import { readChanges } from './series-changes.ts';
import type { Place, ReadChanges } from './series-changes.ts';

/** Occurrences that a series is moved past, at most. */
const MAX_PAST = 400;

/** What a repeating entry says. */
export interface SeriesLines {
  readonly rules: readonly ContentLine[];
  readonly excluded: readonly ContentLine[];
  readonly added: readonly ContentLine[];
  readonly overrides: readonly Override[];
  /** The entry itself is done: it is the record of its occurrence, whatever its series goes on with. */
  readonly isDone: boolean;
  /** Our own properties, by name, of an export. */
  readonly own: ReadonlyMap<string, string>;
}

/** A series as a task has it, with what its file says of single occurrences. */
export type ReadSeries = Place & Omit<ReadChanges, keyof Place>;

/** Reads a repeating entry. @param start DTSTART, or the due without one */
export function readSeries(
  lines: SeriesLines,
  start: DraftDue | null,
  due: DraftDue | null,
  context: TimeContext,
  notes: Note[],
): ReadSeries | null {
  const [first, ...more] = lines.rules;
  if (lines.added.length > 0) {
    const dates = lines.added.flatMap((line) => line.values).filter((value) => value !== '');
    notes.push(leftOut('RDATE', `extra dates are not imported: ${quote(dates.join(', '))}`));
  }
  if (!first) return null;
  for (const line of more)
    notes.push(leftOut('RRULE', `a task has one rule: ${quote(line.values[0] ?? '')}`));
  if (due === null) {
    notes.push(leftOut('RRULE', 'DUE and DTSTART are missing, so there is nothing to count from'));
    return null;
  }
  const { zone } = context;
  const begin = start ?? due;
  const kept = ownSeries(lines, first, begin, due, zone);
  const between = wallClockBetween(begin, due, zone);
  const lead = between === null || between.blank ? undefined : between.toString();
  const counted = due.kind === 'local' ? due.zone : zone;
  const rule =
    kept?.recurrence.rule ?? readRule(first.values[0] ?? '', wallClock(begin, counted), notes);
  if (rule === null) return null;
  const recurrence: DraftRecurrence = kept?.recurrence ?? {
    rule,
    anchor: wallClock(lead === undefined ? due : begin, counted),
    zone: counted,
    ...(lead === undefined ? {} : { lead }),
  };
  const at = { due, recurrence, occurrence: kept?.occurrence ?? 1 };
  const series = { start: begin, due, recurrence, counted: recurrence.zone ?? counted };
  const { place, past, later } = pastDone(at, series, lines, context, notes);
  if (lines.overrides.length === 0 && later.length === 0) return { ...place, exceptions: [] };
  return readChanges(place, series, lines, { past, later }, context, notes);
}

/** Our own series, if the rule beside it is still the one that we exported. */
function ownSeries(
  { own }: SeriesLines,
  line: ContentLine,
  start: DraftDue,
  due: DraftDue,
  zone: string,
): { recurrence: DraftRecurrence; occurrence: number } | null {
  const rule = own.get('X-TODO-RRULE');
  if (rule === undefined) return null;
  const anchor = own.get('X-TODO-ANCHOR');
  const occurrence = Number(own.get('X-TODO-OCCURRENCE') ?? 1);
  const from = own.get('X-TODO-REPEAT-FROM')?.toLowerCase();
  const lead = own.get('X-TODO-LEAD');
  const counted = own.get('X-TODO-ZONE') ?? zone;
  try {
    if (standardRule(rule, anchor, occurrence, start, counted) !== line.values[0]) return null;
    if (
      lead !== undefined &&
      wallClock(moveDue(due, `-${lead}`, counted), counted) !== wallClock(start, counted)
    )
      return null;
  } catch {
    return null;
  }
  return {
    recurrence: {
      rule,
      ...(from === undefined ? {} : { from }),
      ...(anchor === undefined ? {} : { anchor }),
      ...(lead === undefined ? {} : { lead }),
      zone: counted,
    },
    occurrence,
  };
}

/** The series moved past occurrences that are done or excluded; `past` names those, `later` the ones that do not come first. */
function pastDone(
  at: Place,
  series: OverriddenSeries,
  { excluded, overrides, isDone }: SeriesLines,
  context: TimeContext,
  notes: Note[],
): { place: Place; past: string[]; later: string[] } {
  const { zone } = context;
  const { recurrence } = at;
  const counted = at.due.kind === 'local' ? at.due.zone : (recurrence.zone ?? zone);
  const startOf = (due: DraftDue): DraftDue =>
    recurrence.lead === undefined ? due : moveDue(due, `-${recurrence.lead}`, counted);
  const skipped = new Set<string>();
  const add = (line: ContentLine): void => {
    for (const value of line.values) {
      const time = readTimeValue(line, value.trim(), context, []);
      if (time) skipped.add(startNamed(time, series));
    }
  };
  for (const line of excluded) add(line);
  if (!isDone)
    for (const { lines, status } of overrides)
      if (status === 'COMPLETED' || status === 'CANCELLED')
        for (const text of lines) if (/^RECURRENCE-ID[;:]/i.test(text)) add(safeLine(text));
  let due = at.due as Due;
  let { occurrence } = at;
  const past: string[] = [];
  try {
    while (past.length < MAX_PAST) {
      const key = anchorOf(startOf(due), counted);
      if (!skipped.delete(key)) break;
      const next = nextDue({
        ...(recurrence as Recurrence),
        from: 'due',
        due,
        zone: counted,
        anchor: recurrence.anchor ?? anchorOf(due, zone),
        completedAt: dueInstant(due, zone),
        occurrence,
      });
      if (next === null) break;
      past.push(key);
      due = next;
      occurrence += 1;
    }
  } catch (error) {
    if (!(error instanceof RuleError || error instanceof RangeError)) throw error;
  }
  if (past.length > 0)
    notes.push(
      changed(
        'DUE',
        `moved to the first occurrence that is neither done nor excluded; skipped ${past
          .slice(0, 5)
          .map((key) => key.slice(0, 10))
          .join(', ')}${past.length > 5 ? ' …' : ''}`,
      ),
    );
  return { place: { due, recurrence, occurrence }, past, later: [...skipped] };
}

function safeLine(text: string): ContentLine {
  try {
    return parseLine(text);
  } catch {
    return { name: 'RECURRENCE-ID', type: 'unknown', params: {}, values: [] };
  }
}
