// When a repeating task comes again. docs/reference/recurrence.md says the policies in a line each; this file is their only home.
//
// A rule gives days (rule-days.ts), the due gives the time of day. Days are generated as plain dates and only then become
// instants in the user's zone. So no clock change can shift, double or drop one, and "every weekday" means the user's weekday.
//
// What a series remembers is its anchor: the local date (and time) it began with. The 31st, "every second week" and 02:30 are
// counted from the anchor, never from the previous due, so a February or a clock change leaves no trace in later ones.
import { Temporal } from 'temporal-polyfill';
import { dueInstant, localDate, localInstant, localTime, moveDue } from './due.ts';
import { checkParts, parseRule, RuleError } from './recurrence-rule.ts';
import type { Rule } from './recurrence-rule.ts';
import { afterInterval, dayBefore, dayOf, isStepped, laterOf, nextDay } from './rule-days.ts';
import type { Due, Task } from './task.ts';

export { RuleError } from './recurrence-rule.ts';

/** Most previewed dues. */
export const MAX_PREVIEW = 100;
/** Most occurrences that {@link duesBetween} counts: a daily series for almost three years. */
const MAX_COUNTED = 1_000;

/** A task's place in its series. */
export interface SeriesPosition {
  /** RFC 5545 RRULE, with or without `RRULE:`. */
  readonly rule: string;
  /** Counted from the due dates or from the moment of completion. */
  readonly from: 'due' | 'completion';
  /** The current occurrence's due. */
  readonly due: Due;
  /** Local date or time the series began with ({@link anchorOf} its first due); without one, the current due is it. */
  readonly anchor?: string | null | undefined;
  /** The user's IANA zone; a due with a zone of its own is counted in that. */
  readonly zone: string;
  /** How long before the due the rule's start is, ISO 8601; without it the rule gives the dues. */
  readonly lead?: string | undefined;
  /** When the current occurrence was completed. */
  readonly completedAt: Date;
  /** The current occurrence's number, from 1: COUNT ends the series by it. */
  readonly occurrence: number;
}

/**
 * What a series keeps of its first due: `2027-01-31` of a date, `2027-01-31T09:00` of a time.
 * @param zone the user's zone, for a due that is an instant.
 */
export function anchorOf(due: Due, zone: string): string {
  switch (due.kind) {
    case 'date':
      return due.date;
    case 'local':
      return due.local;
    case 'instant':
      return localTime(new Date(due.at), zone).replace(/:00$/, '');
  }
}

/** The due that the rule gave to a task: where this occurrence alone was moved, that is not its own, and the next one is counted from it. */
export function seriesDue(task: Pick<Task, 'usual'> & { readonly due: Due }): Due {
  return task.usual?.due ?? task.due;
}

/**
 * The place of a repeating task in its series.
 * @param zone the user's, for a rule that names none.
 * @param completedAt when it is taken to be completed.
 * @returns null for a task that does not repeat.
 */
export function positionOf(task: Task, zone: string, completedAt?: Date): SeriesPosition | null {
  const { recurrence, due, occurrence } = task;
  if (recurrence === null || due === null) return null;
  const { zone: counted = zone, ...rule } = recurrence;
  return {
    ...rule,
    zone: counted,
    due: seriesDue({ ...task, due }),
    completedAt: completedAt ?? dueInstant(due, counted),
    occurrence,
  };
}

/**
 * The due of the occurrence that follows a completed one.
 * @returns a due of the same kind, later than the completion; null when COUNT or UNTIL ends the series or no day is left.
 * @throws RuleError for a rule that {@link checkRule} would refuse.
 */
export function nextDue(position: SeriesPosition): Due | null {
  const { lead, ...counted } = position;
  if (lead !== undefined) return nextAfterStart(counted, lead);
  const read = parseRule(position.rule);
  if (read.count !== undefined && position.occurrence >= read.count) return null;
  const { due, from, completedAt } = position;
  const steps = from === 'completion' && isStepped(read);
  const rule = steps ? { ...read, interval: 1 } : read;
  const zone = due.kind === 'local' ? due.zone : position.zone;
  const anchor = position.anchor ?? anchorOf(due, zone);
  const dueDay = dayOf(anchorOf(due, zone));
  const doneDay = localDate(completedAt, zone);

  const start = from === 'completion' ? doneDay : dayOf(anchor);
  const time = timeOfDay(due, anchor, zone);
  let after = from === 'completion' ? doneDay : laterOf(dueDay, dayBefore(doneDay));
  if (steps) after = dayBefore(afterInterval(read, doneDay));
  for (;;) {
    const day = nextDay(rule, start, after);
    if (day === null) return null;
    const next = dueOn(day, time, due, zone);
    if (endsBefore(rule, next, zone)) return null;
    if (isLaterThanDone(next) && day !== dueDay) return next;
    after = day;
  }

  function isLaterThanDone(next: Due): boolean {
    if (next.kind === 'date') return next.date > doneDay;
    return dueInstant(next, zone) > completedAt;
  }
}

/** The rule counts starts, each `lead` before its due: what is completed is the start, as long before the completion. */
function nextAfterStart(position: Omit<SeriesPosition, 'lead'>, lead: string): Due | null {
  const { due, zone, completedAt } = position;
  const back = `-${lead}`;
  const done = moveDue({ kind: 'instant', at: completedAt.toISOString() }, back, zone);
  const start = nextDue({
    ...position,
    due: moveDue(due, back, zone),
    completedAt: dueInstant(done, zone),
  });
  return start && moveDue(start, lead, zone);
}

/**
 * The dues that would follow if each occurrence were completed on time, at the instant it is due.
 * @param n how many, at most {@link MAX_PREVIEW}; fewer come when the series ends.
 * @throws RuleError for a rule that {@link checkRule} would refuse.
 */
export function previewDues(position: SeriesPosition, n: number): Due[] {
  const dues: Due[] = [];
  const { lead, zone } = position;
  const first = lead === undefined ? position.due : moveDue(position.due, `-${lead}`, zone);
  const anchor = position.anchor ?? anchorOf(first, zone);
  let current: SeriesPosition = { ...position, anchor };
  while (dues.length < Math.min(n, MAX_PREVIEW)) {
    const due = nextDue(current);
    if (due === null) break;
    dues.push(due);
    current = {
      ...current,
      due,
      completedAt: dueInstant(due, position.zone),
      occurrence: current.occurrence + 1,
    };
  }
  return dues;
}

/**
 * The dues that follow the current one and lie in a range, if each occurrence is completed on time. A series that is counted from
 * its dues and has no COUNT is entered where the range begins. Any other is counted up to there, for a bounded number of
 * occurrences: beyond them nothing is shown.
 * @param from the first instant of the range.
 * @param to the first instant after it.
 * @throws RuleError for a rule that {@link checkRule} would refuse.
 */
export function duesBetween(position: SeriesPosition, from: Date, to: Date): Due[] {
  const { lead, zone } = position;
  const first = lead === undefined ? position.due : moveDue(position.due, `-${lead}`, zone);
  let current = { ...position, anchor: position.anchor ?? anchorOf(first, zone) };
  const enters = position.from === 'due' && parseRule(position.rule).count === undefined;
  const justBefore = new Date(from.getTime() - 1);
  if (enters && justBefore > current.completedAt) current = { ...current, completedAt: justBefore };
  const dues: Due[] = [];
  for (let counted = 0; counted < MAX_COUNTED; counted += 1) {
    const due = nextDue(current);
    if (due === null) break;
    const at = dueInstant(due, zone);
    if (at >= to) break;
    if (at >= from) dues.push(due);
    current = { ...current, due, completedAt: at, occurrence: current.occurrence + 1 };
  }
  return dues;
}

/**
 * Checks a rule before it is stored, in bounded time: it must give at least one day.
 * @param anchor where the series begins, if known.
 * @param from what the series is counted from; from completion, the interval does not tie it to the anchor.
 * @throws RuleError saying which part is wrong and what was expected.
 */
export function checkRule(
  rule: string,
  anchor?: string,
  from: SeriesPosition['from'] = 'due',
): void {
  const read = parseRule(rule);
  checkParts(read);
  const counted = from === 'completion' && isStepped(read) ? { ...read, interval: 1 } : read;
  const start = anchor?.slice(0, 10) ?? '2024-01-01';
  if (nextDay(counted, start, dayBefore(start)) === null)
    throw new RuleError('the rule never matches a day: its parts contradict each other');
}

/**
 * Checks that a rule does not end before the task it is given to.
 * @param zone the user's zone, for a due that is an instant.
 * @throws RuleError naming UNTIL.
 */
export function checkEnd(rule: string, due: Due, zone: string): void {
  const read = parseRule(rule);
  if (!endsBefore(read, due, due.kind === 'local' ? due.zone : zone)) return;
  throw new RuleError(
    `UNTIL=${read.until?.replace(/[-:]/g, '') ?? ''} is before the due date ${anchorOf(due, zone)}: expected the last day of the series`,
  );
}

/** The time of day of the series: its anchor's, or the current due's if the anchor is a date. */
function timeOfDay(due: Due, anchor: string, zone: string): string {
  return anchor.split('T')[1] ?? anchorOf(due, zone).split('T')[1] ?? '00:00';
}

function dueOn(day: string, time: string, like: Due, zone: string): Due {
  switch (like.kind) {
    case 'date':
      return { kind: 'date', date: day };
    case 'local':
      return { kind: 'local', local: `${day}T${time.slice(0, 5)}`, zone: like.zone };
    case 'instant':
      return { kind: 'instant', at: localInstant(`${day}T${time}`, zone).toISOString() };
  }
}

function endsBefore(rule: Rule, next: Due, zone: string): boolean {
  const { until } = rule;
  if (until === undefined) return false;
  if (until.endsWith('Z') && next.kind !== 'date') return dueInstant(next, zone) > new Date(until);
  const local = until.endsWith('Z') ? localTime(new Date(until), zone) : until;
  const nextLocal = next.kind === 'date' ? next.date : anchorOf(next, zone);
  // A date ends with its whole day; a time is compared to the second.
  return local.length === 10 || next.kind === 'date'
    ? dayOf(nextLocal) > dayOf(local)
    : Temporal.PlainDateTime.compare(nextLocal, local) > 0;
}
