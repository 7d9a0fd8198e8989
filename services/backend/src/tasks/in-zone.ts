// A task follows its person into another zone.
import type { Due, Exception, Task } from '@todo/contracts/task';
import { instantOf } from './rules.ts';
import type { Context } from './task-context.ts';

/**
 * The task as it is in the person's zone, each kind of due in its own way; the same object where nothing changes.
 *
 *   a date ......... is due until the end of that day in the person's zone, and repeats on their days
 *   a local time ... keeps its zone; one of `timedFrom` keeps its time of day instead
 *   an instant ..... stays that instant
 * @param timedFrom the zone whose timed tasks move along; null: none
 */
export function inZone(context: Context, task: Task, timedFrom: string | null): Task {
  const { due, recurrence } = task;
  const { zone } = context;
  const moves = due?.kind === 'date' || (due?.kind === 'local' && due.zone === timedFrom);
  if (!moves) return task;
  const moved: Due = due.kind === 'local' ? { ...due, zone } : due;
  const ofSeries = task.usual?.due;
  const usual =
    ofSeries?.kind === 'local' && ofSeries.zone === timedFrom
      ? { usual: { ...task.usual, due: { ...ofSeries, zone } } }
      : {};
  const exceptions = task.exceptions?.map((one): Exception => {
    const to = one.change?.due;
    return to?.kind === 'local' && to.zone === timedFrom
      ? { ...one, change: { ...one.change, due: { ...to, zone } } }
      : one;
  });
  const at = instantOf(moved, zone);
  const same = at === task.dueAt && (recurrence === null || recurrence.zone === zone);
  if (same && (due.kind === 'date' || due.zone === zone)) return task;
  return {
    ...task,
    ...usual,
    ...(exceptions && { exceptions }),
    due: moved,
    dueAt: at,
    recurrence: recurrence && { ...recurrence, zone },
  };
}
