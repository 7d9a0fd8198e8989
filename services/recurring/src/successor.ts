// When a repeating task is completed, what comes next? Pure: no HTTP, no SQL, no Dapr.
import type { TaskChange } from '@todo/contracts/events';
import { anchorOf, checkRule, nextDue, seriesDue } from '@todo/contracts/recurrence';
import { zone as zoneSchema } from '@todo/contracts/task';
import type { Due } from '@todo/contracts/task';

/** The occurrence that follows a completed task. */
export interface Successor {
  readonly previousTaskId: string;
  readonly userId: string;
  readonly seriesId: string;
  /** Its place in the series. */
  readonly occurrence: number;
  readonly due: Due;
  /** The completion it follows: the version and the instant (UTC) of the completed task. */
  readonly completion: { readonly version: number; readonly at: string | null };
}

/**
 * Decides what follows.
 * @param change data of a `todo.task.completed.v1` event.
 * @returns null when the task does not repeat, or its series has ended.
 * @throws RuleError for a rule that can't be used or that never gives a day: such a series must not end in silence.
 */
export function successorOf(change: TaskChange): Successor | null {
  const { task } = change;
  if (!task?.recurrence || !task.due || !task.seriesId) return null;
  const { rule, from, anchor, zone, lead } = task.recurrence;
  const ofSeries = seriesDue({ ...task, due: task.due });
  const counted = zoneFor(ofSeries, zone, change.zone);
  checkRule(rule, anchor ?? anchorOf(ofSeries, counted), from);
  const due = nextDue({
    rule,
    from,
    due: ofSeries,
    anchor,
    lead,
    zone: counted,
    completedAt: new Date(task.completedAt ?? change.at),
    occurrence: task.occurrence,
  });
  return (
    due && {
      previousTaskId: task.id,
      userId: change.userId,
      seriesId: task.seriesId,
      occurrence: task.occurrence + 1,
      due,
      completion: { version: change.version, at: task.completedAt },
    }
  );
}

/** The zone whose days are counted: the due's, the recurrence's, the user's; UTC when nobody names one that is known. */
function zoneFor(due: Due, ofRecurrence: string | undefined, ofUser: string | undefined): string {
  const named = due.kind === 'local' ? due.zone : (ofRecurrence ?? ofUser);
  return zoneSchema.safeParse(named).data ?? 'UTC';
}
