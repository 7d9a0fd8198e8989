// Where a repeating task stands in its series, as the rules of recurrence take it.
import { dueInstant } from '@todo/contracts/due';
import { seriesDue } from '@todo/contracts/recurrence';
import type { nextDue } from '@todo/contracts/recurrence';
import type { Due, Task } from '@todo/contracts/task';

/**
 * The place of a task, counted from its due: calendars know no "from completion".
 * @param zone the person's, IANA; for dues and rules that have none
 */
export function placeInSeries(
  task: Task & { due: Due; recurrence: NonNullable<Task['recurrence']> },
  zone: string,
): Parameters<typeof nextDue>[0] {
  const { recurrence, occurrence } = task;
  const due = seriesDue(task);
  return {
    rule: recurrence.rule,
    from: 'due',
    due,
    anchor: recurrence.anchor,
    lead: recurrence.lead,
    zone: due.kind === 'local' ? due.zone : (recurrence.zone ?? zone),
    completedAt: dueInstant(due, zone),
    occurrence,
  };
}
