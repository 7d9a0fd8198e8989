// Occurrences to come that a calendar left out, changed alone, or changed with all that follow. The open task of a series carries
// them until their turn comes: then it has the change (`usual` keeps what the series has), and earlier ones are dropped.
// docs/reference/recurrence.md says the same for people.
import { isDeepStrictEqual } from 'node:util';
import { dueInstant, localInstant, moveDue } from '@todo/contracts/due';
import { anchorOf, MAX_PREVIEW, nextDue, seriesDue } from '@todo/contracts/recurrence';
import type { Due, Exception, Recurrence, Task, Usual } from '@todo/contracts/task';
import { uuidv7 } from '@todo/runtime/uuid';
import { instantOf } from './rules.ts';
import { asUsual } from './usual-fields.ts';

/** Exceptions that a series keeps. */
export const MAX_EXCEPTIONS = 200;

/** A task that repeats. */
export type Repeating = Task & { due: Due; recurrence: Recurrence };

/** Whether a task repeats. */
export function isRepeating(task: Task): task is Repeating {
  return task.recurrence !== null && task.due !== null;
}

/** The zone whose days and clock a series is counted in, IANA. @param zone the person's */
export function countedIn(due: Due, recurrence: Pick<Recurrence, 'zone'>, zone: string): string {
  return due.kind === 'local' ? due.zone : (recurrence.zone ?? zone);
}

/** The start that the rule gave to the present occurrence. */
export function startOf(task: Repeating, zone: string): Due {
  const due = seriesDue(task);
  const { lead } = task.recurrence;
  return lead === undefined ? due : moveDue(due, `-${lead}`, countedIn(due, task.recurrence, zone));
}

/** That start as {@link Exception} names it. */
export function startKey(task: Repeating, zone: string): string {
  return anchorOf(startOf(task, zone), countedIn(task.due, task.recurrence, zone));
}

/** The start that an exception names. @param like the due of the series @param zone whose clock it is on */
export function startOn(on: string, like: Due, zone: string): Due {
  switch (like.kind) {
    case 'date':
      return { kind: 'date', date: on.slice(0, 10) };
    case 'local':
      return { ...like, local: on.slice(0, 16) };
    case 'instant':
      return { kind: 'instant', at: localInstant(on, zone).toISOString() };
  }
}

/** A rule whose COUNT is another by `by`; without COUNT it stays. */
export function recounted(rule: string, by: number): string {
  return rule.replace(
    /(COUNT=)(\d+)/i,
    (_part, name: string, count: string) => `${name}${Number(count) + by}`,
  );
}

/** An occurrence with a change of its own, as it is then shown. */
export function changedAlone(task: Repeating, change: Usual, zone: string): Repeating {
  const own = Object.entries(change).filter(
    ([field, value]) => !isDeepStrictEqual(value, task[field as keyof Usual]),
  );
  if (own.length === 0) return task;
  const usual = Object.fromEntries(own.map(([field]) => [field, task[field as keyof Usual]]));
  const changed = Object.assign({ ...task, usual }, Object.fromEntries(own) as Usual);
  return { ...changed, dueAt: instantOf(changed.due, zone) };
}

/**
 * An occurrence that was just made or skipped to, with what calendars said of it: another one where it is left out.
 * @param made as the rule gives it @param zone the person's, IANA
 * @param now what follows a change of all later ones is after this instant
 * @returns null when the series ends, because all that remain are left out
 */
export function withExceptions(made: Task, zone: string, now: Date): Task | null {
  let task = made;
  for (;;) {
    const { exceptions } = task;
    if (!exceptions || !isRepeating(task)) return task;
    const key = startKey(task, zone);
    const begun = exceptions.findLast(({ on, following }) => following && on <= key);
    const next = begun ? continued(task, begun, key, zone, now) : task;
    if (next === null) return null;
    if (begun) {
      task = next;
      continue;
    }
    const present = exceptions.find(({ on }) => on === key);
    if (present?.change === null) {
      const following = afterLeftOut(task, zone);
      if (following === null) return null;
      task = following;
      continue;
    }
    const own = present?.change ? changedAlone(task, fresh(present.change, now), zone) : task;
    return keepLater(own, exceptions, key);
  }
}

/**
 * The occurrences after the present one, as they will be if each is completed on time.
 * @param completedAt when the present one is @param n how many, at most {@link MAX_PREVIEW}
 * @throws RuleError for a rule that can't be used
 */
export function occurrencesToCome(
  task: Repeating,
  zone: string,
  completedAt: Date,
  n: number,
): Repeating[] {
  const coming: Repeating[] = [];
  let present = task;
  let at = completedAt;
  while (coming.length < Math.min(n, MAX_PREVIEW)) {
    const { recurrence, occurrence } = present;
    const due = seriesDue(present);
    const counted = countedIn(due, recurrence, zone);
    const next = nextDue({ ...recurrence, due, zone: counted, completedAt: at, occurrence });
    if (next === null) break;
    const made = { ...asUsual(present), due: next, dueAt: instantOf(next, zone) };
    const following = withExceptions({ ...made, occurrence: occurrence + 1 }, zone, at);
    if (following === null || !isRepeating(following)) break;
    coming.push(following);
    present = following;
    at = dueInstant(seriesDue(following), counted);
  }
  return coming;
}

/** The series from an occurrence on that was changed with all that follow. */
function continued(
  task: Repeating,
  { on, change, following }: Exception,
  key: string,
  zone: string,
  now: Date,
): Task | null {
  const recurrence: Recurrence = { ...task.recurrence, ...following };
  const count = /COUNT=\d+/i.exec(task.recurrence.rule)?.[0];
  if (count !== undefined) recurrence.rule = recurrence.rule.replace(/COUNT=\d+/i, count);
  if (following && following.lead === undefined) delete recurrence.lead;
  const first = change?.due ?? task.due;
  const due =
    on === key
      ? first
      : nextDue({
          ...recurrence,
          due: first,
          zone: countedIn(first, recurrence, zone),
          completedAt: now,
          occurrence: task.occurrence - 1,
        });
  if (due === null) return null;
  const placed = { recurrence, due, dueAt: instantOf(due, zone) };
  const changed = Object.assign({ ...task }, fresh(change ?? {}, now), placed);
  return keepLater(changed, task.exceptions ?? [], on);
}

/** The occurrence after one that is left out. COUNT counts tasks: with one fewer, the series ends on the same day. */
function afterLeftOut(task: Repeating, zone: string): Task | null {
  const { recurrence } = task;
  const due = seriesDue(task);
  const counted = countedIn(due, recurrence, zone);
  const next = nextDue({
    ...recurrence,
    from: 'due',
    due,
    zone: counted,
    completedAt: dueInstant(due, counted),
    occurrence: task.occurrence,
  });
  if (next === null) return null;
  const rule = recounted(recurrence.rule, -1);
  return { ...task, due: next, dueAt: instantOf(next, zone), recurrence: { ...recurrence, rule } };
}

function keepLater(task: Task, exceptions: readonly Exception[], key: string): Task {
  const { exceptions: _, ...rest } = task;
  const later = exceptions.filter(({ on }) => on > key);
  return later.length === 0 ? rest : { ...rest, exceptions: later };
}

/** A change whose reminders are new ones: the same exception may be applied again after a completion was taken back. */
function fresh(change: Usual, now: Date): Usual {
  const { reminders } = change;
  if (!reminders) return change;
  return {
    ...change,
    reminders: reminders.map((reminder) => ({ ...reminder, id: uuidv7(now.getTime()) })),
  };
}
