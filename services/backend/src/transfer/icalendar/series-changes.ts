// What a calendar says of single occurrences of a series, put where it belongs: the present one has its change for itself, a change
// of all that follow becomes the series', and what concerns later ones waits for their turn.
import { dueInstant, moveDue } from '@todo/contracts/due';
import { anchorOf, MAX_PREVIEW, nextDue, previewDues, RuleError } from '@todo/contracts/recurrence';
import type { SeriesPosition } from '@todo/contracts/recurrence';
import type { Due, Recurrence } from '@todo/contracts/task';
import { leftOut, quote } from '../entry.ts';
import type { DraftDue, DraftRecurrence, Note } from '../entry.ts';
import { readOverride } from './occurrences.ts';
import type { DraftChange, OverriddenSeries, Override, ReadOverride } from './occurrences.ts';
import type { TimeContext } from './read-time.ts';

/** Where a series stands. */
export interface Place {
  readonly due: DraftDue;
  readonly recurrence: DraftRecurrence;
  readonly occurrence: number;
}

/** A series with what is said of its occurrences. */
export interface ReadChanges extends Place {
  /** What all have from here on. */
  readonly ofAll?: DraftChange;
  /** What the present one has otherwise. */
  readonly own?: DraftChange;
  /** Those to come that are not as the series, by their start. */
  readonly exceptions: readonly {
    readonly on: string;
    readonly change: DraftChange | null;
    readonly following?: DraftRecurrence;
  }[];
}

/** What the series was moved past, and what is left out later on, by their starts. */
interface Passed {
  readonly past: readonly string[];
  readonly later: readonly string[];
}

/** Puts each change of an occurrence where it belongs; one of no occurrence is noted. */
export function readChanges(
  place: Place,
  series: OverriddenSeries,
  { overrides, isDone }: { overrides: readonly Override[]; isDone: boolean },
  { past, later }: Passed,
  context: TimeContext,
  notes: Note[],
): ReadChanges {
  const { zone } = context;
  const counted = place.due.kind === 'local' ? place.due.zone : (place.recurrence.zone ?? zone);
  const key = anchorOf(startOf(place, counted), counted);
  const read = overrides
    .filter(({ status }) => isDone || (status !== 'COMPLETED' && status !== 'CANCELLED'))
    .map((override) => readOverride(override, series, context, notes))
    .filter((one) => one !== null)
    .sort((a, b) => (a.on < b.on ? -1 : 1));
  const isOccurrence = occurrenceTest(place, counted, zone);
  const known = new Map<string, ReadChanges['exceptions'][number]>();
  let now: Place = place;
  let ofAll: DraftChange | undefined;
  let own: DraftChange | undefined;
  for (const one of read) {
    const { on, change, following } = one;
    const steps = on === key ? 0 : past.length - past.indexOf(on);
    const isPast = on < key && past.includes(on);
    if (following && (on === key || isPast)) {
      now = continuedPlace(one, following, place, steps, zone);
      const { due: _, ...fields } = change;
      ofAll = { ...ofAll, ...fields };
      own = undefined;
    } else if (on === key) own = change;
    else if (on > key && isOccurrence(on)) known.set(on, one);
    else if (!isPast)
      notes.push(
        leftOut('RECURRENCE-ID', `no occurrence of the series begins at ${quote(on)}: its change`),
      );
  }
  for (const on of later) if (on > key && isOccurrence(on)) known.set(on, { on, change: null });
  return {
    ...now,
    ...(ofAll && { ofAll }),
    ...(own && { own }),
    exceptions: [...known.values()].sort((a, b) => (a.on < b.on ? -1 : 1)),
  };
}

function startOf({ due, recurrence }: Place, counted: string): Due {
  const { lead } = recurrence;
  return lead === undefined ? due : moveDue(due, `-${lead}`, counted);
}

/** The place where a series goes on that was changed so many occurrences ago. */
function continuedPlace(
  { change }: ReadOverride,
  following: DraftRecurrence,
  place: Place,
  steps: number,
  zone: string,
): Place {
  let due = change.due as Due;
  for (let step = 0; step < steps; step += 1) {
    const next = nextDue(position({ ...place, due, recurrence: following }, zone));
    if (next === null) break;
    due = next;
  }
  return { due, recurrence: following, occurrence: place.occurrence };
}

function position({ due, recurrence, occurrence }: Place, zone: string): SeriesPosition {
  const counted = due.kind === 'local' ? due.zone : (recurrence.zone ?? zone);
  return {
    ...(recurrence as Recurrence),
    from: 'due',
    due: due,
    zone: counted,
    completedAt: dueInstant(due, counted),
    occurrence,
  };
}

/** Whether a start is one that the rule gives, as far as its preview reaches; from completion, nobody knows. */
function occurrenceTest(place: Place, counted: string, zone: string): (on: string) => boolean {
  if (place.recurrence.from === 'completion') return () => true;
  let starts: string[];
  try {
    starts = previewDues(position(place, zone), MAX_PREVIEW).map((due) =>
      anchorOf(startOf({ ...place, due }, counted), counted),
    );
  } catch (error) {
    if (error instanceof RuleError || error instanceof RangeError) return () => true;
    throw error;
  }
  const last = starts.at(-1) ?? '';
  const set = new Set(starts);
  return (on) => set.has(on) || (starts.length === MAX_PREVIEW && on > last);
}
