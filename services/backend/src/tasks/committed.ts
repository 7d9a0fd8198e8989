// What a command reports after its commit, to whoever wakes timers and live views.

/** What was committed: whose change, and the earliest reminder it set. */
export interface Committed {
  readonly userId: string;
  readonly remindAt: Date | null;
}
