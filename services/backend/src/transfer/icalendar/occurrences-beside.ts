// The occurrences of a series that are not as it, as tasks of their own: what a calendar writes beside the series' entry.
import { isDeepStrictEqual } from 'node:util';
import { moveDue } from '@todo/contracts/due';
import { anchorOf } from '@todo/contracts/recurrence';
import type { Due, Task } from '@todo/contracts/task';
import { changedAlone, countedIn, isRepeating, startOf, startOn } from '../../tasks/exceptions.ts';
import { asUsual } from '../../tasks/usual-fields.ts';
import { nameOfStart } from './occurrences.ts';

/** One such occurrence. */
export interface Beside {
  /** Its start on the clock of the series, as exceptions name it. */
  readonly on: string;
  /** As it is shown; it does not repeat. */
  readonly task: Task;
  /** Its start as the rule gives it: its RECURRENCE-ID. */
  readonly start: Due;
  /** Its own start. */
  readonly from: Due;
  /** All later ones are like it. */
  readonly isFollowing: boolean;
}

/** The present occurrence where it was changed alone, and those to come. @param zone the person's, IANA */
export function occurrencesBeside(task: Task, zone: string): Beside[] {
  if (!isRepeating(task)) return [];
  const { recurrence, exceptions = [] } = task;
  const counted = countedIn(task.usual?.due ?? task.due, recurrence, zone);
  const start = startOf(task, zone);
  const series = { ...asUsual(task), due: task.usual?.due ?? task.due, recurrence };
  const key = anchorOf(start, counted);
  const present = task.usual ? [beside(task, key, start, recurrence.lead, counted)] : [];
  return [
    ...present,
    ...exceptions.flatMap(({ on, change, following }): Beside[] => {
      if (change === null) return [];
      const itsStart = startOn(on, start, counted);
      const usual = endOf(itsStart, recurrence.lead, counted);
      const shown = changedAlone({ ...series, due: usual }, change, zone);
      return [
        {
          ...beside(shown, on, itsStart, recurrence.lead, counted),
          start: nameOfStart(on, start, counted),
          isFollowing: following !== undefined,
        },
      ];
    }),
  ];
}

function beside(
  task: Task & { due: Due },
  on: string,
  start: Due,
  lead: string | undefined,
  zone: string,
): Beside {
  const { usual: _, exceptions: __, ...shown } = task;
  // one that begins where its series begins keeps that start
  const isInPlace = isDeepStrictEqual(task.due, endOf(start, lead, zone));
  return {
    on,
    task: { ...shown, recurrence: null },
    start,
    from: isInPlace ? start : lead === undefined ? task.due : moveDue(task.due, `-${lead}`, zone),
    isFollowing: false,
  };
}

function endOf(start: Due, lead: string | undefined, zone: string): Due {
  return lead === undefined ? start : moveDue(start, lead, zone);
}
