// Where a repeating entry of a calendar stands. Programs say "this one is done" in three ways: they move the entry's own start, or
// leave it and exclude the date (EXDATE), or add a changed occurrence (RECURRENCE-ID). A task is its current occurrence, so the
// series is moved past what is done or excluded; other changes of single occurrences can't be kept, and are reported.
import { dueInstant, moveDue } from '@todo/contracts/due';
import { anchorOf, nextDue, RuleError } from '@todo/contracts/recurrence';
import type { Due, Recurrence } from '@todo/contracts/task';
import { changed, leftOut, quote } from '../entry.ts';
import type { DraftDue, DraftRecurrence, Note } from '../entry.ts';
import type { ContentLine } from './content-lines.ts';
import { parseLine } from './content-lines.ts';
import { readTimeValue, wallClock, wallClockBetween } from './read-time.ts';
import type { TimeContext } from './read-time.ts';
import { occurrenceKey, readRule, standardRule } from './rule.ts';

/** A changed occurrence of a series. */
export interface Override {
  /** Its RECURRENCE-ID line. */
  readonly line: string;
  readonly status: string | undefined;
}

/** Occurrences that a series is moved past, at most. */
const MAX_PAST = 400;

/** What a repeating entry says. */
export interface SeriesLines {
  readonly rules: readonly ContentLine[];
  readonly excluded: readonly ContentLine[];
  readonly added: readonly ContentLine[];
  readonly overrides: readonly Override[];
  /** Our own properties, by name, of an export. */
  readonly own: ReadonlyMap<string, string>;
}

/** A series as a task has it. */
export interface ReadSeries {
  readonly due: DraftDue;
  readonly recurrence: DraftRecurrence | null;
  readonly occurrence: number;
}

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
  return pastDone(at, lines, context, notes);
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

/** The series moved past occurrences that are done or excluded. */
function pastDone(
  at: ReadSeries,
  { excluded, overrides }: SeriesLines,
  context: TimeContext,
  notes: Note[],
): ReadSeries {
  const { zone } = context;
  const skipped = new Map<string, string>();
  const add = (line: ContentLine, why: string): void => {
    for (const value of line.values) {
      const time = readTimeValue(line, value.trim(), context, []);
      if (time) skipped.set(occurrenceKey(time, zone), why);
    }
  };
  for (const line of excluded) add(line, 'EXDATE');
  for (const { line, status } of overrides)
    if (status === 'COMPLETED' || status === 'CANCELLED') add(safeLine(line), status);
  if (skipped.size === 0) return at;
  const recurrence = at.recurrence as Recurrence;
  const { lead } = recurrence;
  const startOf = (due: Due): Due => (lead === undefined ? due : moveDue(due, `-${lead}`, zone));
  let due = at.due as Due;
  let { occurrence } = at;
  const past: string[] = [];
  try {
    while (past.length < MAX_PAST) {
      const key = occurrenceKey(startOf(due), zone);
      if (!skipped.delete(key)) break;
      const next = nextDue({
        ...recurrence,
        from: 'due',
        due,
        zone: recurrence.zone ?? zone,
        anchor: recurrence.anchor ?? anchorOf(due, zone),
        completedAt: dueInstant(due, zone),
        occurrence,
      });
      if (next === null) break;
      past.push(key.slice(0, 10));
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
        `moved to the first occurrence that is neither done nor excluded; skipped ${past.slice(0, 5).join(', ')}${past.length > 5 ? ' …' : ''}`,
      ),
    );
  if (skipped.size > 0)
    notes.push(
      leftOut(
        'EXDATE',
        `single occurrences cannot be excluded: ${[...skipped.keys()]
          .slice(0, 5)
          .map((key) => key.slice(0, 10))
          .join(', ')}`,
      ),
    );
  return { due, recurrence: at.recurrence, occurrence };
}

function safeLine(text: string): ContentLine {
  try {
    return parseLine(text);
  } catch {
    return { name: 'RECURRENCE-ID', type: 'unknown', params: {}, values: [] };
  }
}
