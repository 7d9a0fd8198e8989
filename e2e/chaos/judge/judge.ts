// The judge: every invariant over a run's evidence. It reads nothing but that, so the same evidence has the same verdict.
import type { Evidence, Violation } from '../evidence.ts';
import {
  auditIsComplete,
  auditIsInOrder,
  commandsHaveOneEffect,
  refusedHaveNoEffect,
} from './effects.ts';
import { remindersCameOnce } from './reminders.ts';
import { occurrencesAreUnique } from './series.ts';
import { balancesHold, liveStreamsAreExact, nothingIsLeftOver } from './views.ts';

const INVARIANTS = [
  commandsHaveOneEffect,
  refusedHaveNoEffect,
  auditIsComplete,
  auditIsInOrder,
  occurrencesAreUnique,
  remindersCameOnce,
  liveStreamsAreExact,
  balancesHold,
  nothingIsLeftOver,
];

/** What does not hold, in the order of time; nothing: all invariants hold. */
export function judge(evidence: Evidence): Violation[] {
  const found = INVARIANTS.flatMap((invariant) => invariant(evidence));
  return found.sort((a, b) => (a.at ?? Infinity) - (b.at ?? Infinity));
}
