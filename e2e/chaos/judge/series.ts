// Series: each completed occurrence is followed by exactly one, due when an independent computation says; an open one by none.
import { isDeepStrictEqual } from 'node:util';
import type { AuditEntry, Evidence, ListedTask, PersonView, Violation } from '../evidence.ts';
import { changesByTask } from './effects.ts';
import { nextDueOf, readRule } from './next-due.ts';

/** An occurrence with what its audit says of its life. */
interface Occurrence {
  readonly task: ListedTask;
  readonly living: boolean;
  /** Somebody opened it again after it was completed: it may have kept a successor that was touched meanwhile. */
  readonly reopened: boolean;
  readonly entries: readonly AuditEntry[];
}

/** Every occurrence is there once, after the one it follows, with the right due, and was announced once. */
export function occurrencesAreUnique({ persons }: Evidence): Violation[] {
  return Object.entries(persons).flatMap(([person, view]) => {
    const occurrences = [...changesByTask(view).values()].flatMap(toOccurrence);
    const bySeries = Map.groupBy(occurrences, ({ task }) => task.seriesId ?? '');
    return [...bySeries.values()].flatMap((series) => [
      ...seriesProblems(series).map((one) => ({ ...one, person })),
      ...announcements(series, view).map((one) => ({ ...one, person })),
    ]);
  });
}

function toOccurrence(entries: readonly AuditEntry[]): Occurrence[] {
  const task = entries.findLast((entry) => entry.task !== null)?.task;
  if (!task?.seriesId || !task.recurrence) return [];
  const living = entries.at(-1)?.type !== 'todo.task.deleted.v1';
  const reopened = entries.some((entry) => entry.type === 'todo.task.reopened.v1');
  return [{ task, living, reopened, entries }];
}

function seriesProblems(series: readonly Occurrence[]): Violation[] {
  const found: Violation[] = [];
  const living = series.filter((one) => one.living);
  const byNumber = Map.groupBy(living, ({ task }) => task.occurrence);
  for (const [number, same] of byNumber) {
    if (same.length > 1)
      found.push({
        ...about(same[1] ?? same[0]),
        invariant: 'occurrence-unique',
        message: `occurrence ${number} of a series is there ${same.length} times`,
      });
  }
  for (const one of living) {
    const { task } = one;
    const next = byNumber.get(task.occurrence + 1)?.[0];
    if (task.status === 'open') {
      if (next && !one.reopened)
        found.push({
          ...about(next),
          invariant: 'occurrence-follows-completion',
          message: `occurrence ${next.task.occurrence} is there, and occurrence ${task.occurrence} is open`,
        });
      continue;
    }
    if (!task.recurrence || !task.due) continue;
    const due = nextDueOf(readRule(task.recurrence.rule), task.due, task.occurrence);
    if (due === null && next)
      found.push({
        ...about(next),
        invariant: 'occurrence-after-end',
        message: `the series ended with occurrence ${task.occurrence}, and ${next.task.occurrence} is there`,
      });
    if (due === null) continue;
    const deleted = series.some(
      (other) => !other.living && other.task.occurrence === task.occurrence + 1,
    );
    if (!next && !(deleted && one.reopened))
      found.push({
        ...about(one),
        invariant: 'occurrence-missing',
        message: `occurrence ${task.occurrence} is done, and no occurrence ${task.occurrence + 1} followed`,
      });
    const made = next?.entries[0]?.task?.due;
    if (next && made !== undefined && !isDeepStrictEqual(normal(made), normal(due)))
      found.push({
        ...about(next),
        invariant: 'occurrence-due',
        message: `occurrence ${next.task.occurrence} is due ${JSON.stringify(made)} instead of ${JSON.stringify(due)}`,
      });
  }
  return found;
}

/** An occurrence that is there was announced once; one that was withdrawn, at most once. */
function announcements(series: readonly Occurrence[], view: PersonView): Violation[] {
  return series.flatMap((one) => {
    if (one.task.occurrence === 1) return [];
    const times = view.audit.filter(
      (entry) =>
        entry.type === 'todo.occurrence.created.v1' &&
        (entry.data['taskId'] ?? entry.taskId) === one.task.id,
    ).length;
    if (one.living ? times === 1 : times <= 1) return [];
    return [
      {
        ...about(one),
        invariant: 'occurrence-announced-once',
        message: `occurrence ${one.task.occurrence} was announced ${times} times`,
      },
    ];
  });
}

function normal(due: unknown): unknown {
  const given = due as { kind?: string; at?: string } | null;
  return given?.kind === 'instant' ? { kind: 'instant', at: Date.parse(given.at ?? '') } : due;
}

function about(one: Occurrence | undefined): Pick<Violation, 'taskId' | 'at'> {
  const at = one?.entries[0]?.at;
  return {
    ...(one && { taskId: one.task.id }),
    ...(at !== undefined && { at: Date.parse(at) }),
  };
}
