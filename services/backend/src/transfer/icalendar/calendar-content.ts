// An entry of a calendar between its two readings: staged as lines, then understood as a task.

/** A staged entry's content. */
export interface CalendarContent {
  readonly kind: string;
  readonly lines: readonly string[];
  readonly calendar?: string | undefined;
  readonly isCut?: boolean;
  /** It changes one occurrence of a series that is in the file. */
  readonly overrides?: string;
}
