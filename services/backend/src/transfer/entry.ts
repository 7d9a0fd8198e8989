// What stands between the file formats and the tasks: a reader makes drafts of a file's entries, `adopt.ts` makes tasks of
// drafts. A draft's values are as the file has them, so far unchecked; what a reader could not use it notes.

/** What became of one part of an entry, for the person who reads the report. */
export interface Note {
  /** The part as the file names it: `RRULE`, `Due Date`, `due`. */
  readonly property: string;
  readonly outcome: 'changed' | 'left out';
  /** Why, as a sentence without its full stop. */
  readonly why: string;
}

/** A due, a recurrence and a reminder as they go to the schemas that check them. */
export type DraftDue =
  | { readonly kind: 'date'; readonly date: string }
  | { readonly kind: 'local'; readonly local: string; readonly zone: string }
  | { readonly kind: 'instant'; readonly at: string };
/** See {@link DraftDue}. */
export interface DraftRecurrence {
  readonly rule: string;
  readonly from?: string | undefined;
  readonly anchor?: string | undefined;
  readonly zone?: string | undefined;
  readonly lead?: string | undefined;
}
/** See {@link DraftDue}. */
export type DraftReminder = { readonly before: string } | { readonly at: string };

/** A list by its name; `copy` tells lists of one name in one file apart, from 0. */
export interface DraftList {
  readonly name: string;
  readonly copy: number;
}

/** A saved filter in a file. */
export interface DraftFilter {
  readonly name: string;
  readonly filter: string;
}

/** The fields of a task in a file; all may be missing or wrong. */
export interface Draft {
  readonly title?: unknown;
  readonly notes?: unknown;
  readonly status?: unknown;
  readonly completedAt?: unknown;
  readonly priority?: unknown;
  readonly tags?: readonly unknown[];
  readonly list?: DraftList | undefined;
  readonly due?: unknown;
  readonly recurrence?: unknown;
  readonly reminders?: readonly unknown[];
  readonly createdAt?: unknown;
  readonly updatedAt?: unknown;
  readonly seriesId?: unknown;
  readonly occurrence?: unknown;
  readonly usual?: unknown;
  readonly exceptions?: unknown;
  readonly place?: unknown;
  readonly remarks: readonly Note[];
  /** Set: the entry makes no task, and why. */
  readonly leftOut?: string;
  /** Set: the entry makes no task, but is part of another entry's. */
  readonly joined?: true;
}

/** An entry as it is kept until the whole file was read: where it stands, whom it names, and what `finish` makes a draft of. */
export interface StagedEntry {
  /** What the file calls it; undefined where it has no name. */
  readonly uid?: string | undefined;
  /** A name that is known outside of the file too, if it has one beside its `uid`. */
  readonly name?: string | undefined;
  readonly parentUid?: string | undefined;
  /** Entries that this one names as its subtasks. */
  readonly childUids?: readonly string[] | undefined;
  /** The line of the file it begins on, from 1; undefined where lines say nothing. */
  readonly line?: number | undefined;
  /** It makes no task of its own (a note, a changed occurrence): its draft only says why. */
  readonly isAside?: boolean;
  /** What `finish` takes; goes through JSON. */
  readonly content: unknown;
}

/** A format's reader, for one file. */
export interface Reader {
  /** Shown in the report: `icalendar`, `todoist-csv`. */
  readonly format: string;
  /** Its names of entries are names in the whole world (calendar UIDs), not row numbers. */
  readonly hasWorldwideUids: boolean;
  /** Splits the text into entries. @throws Problem 400 when it is not this format at all */
  readonly entries: (text: AsyncIterable<string>) => AsyncIterable<StagedEntry>;
  /** Makes a draft of an entry; called after the whole file was read. */
  readonly finish: (entry: StagedEntry) => Draft;
  /** Lists that the file names by themselves, empty ones too, in its order; known after the whole file was read. */
  readonly lists: () => readonly DraftList[];
  /** Saved filters of the file, as they are written there; known after the whole file was read. */
  readonly filters?: () => readonly DraftFilter[];
  /** What is to be said of the file as a whole, such as an encoding that had to be guessed. */
  readonly remarks: () => readonly string[];
}

/** Who reads, where and when: floating times are on this person's clock. */
export interface ReadContext {
  /** IANA. */
  readonly zone: string;
  /** BCP 47. */
  readonly locale: string;
  readonly now: Date;
}

/** A note that a part was not used. */
export function leftOut(property: string, why: string): Note {
  return { property, outcome: 'left out', why };
}

/** A note that a part was used otherwise than the file says. */
export function changed(property: string, why: string): Note {
  return { property, outcome: 'changed', why };
}

/** A value of a file in a note: quoted, and cut where it is long. */
export function quote(value: unknown): string {
  const text =
    typeof value === 'string' ? value : ((JSON.stringify(value) as string | undefined) ?? '');
  return `“${text.length > 60 ? `${text.slice(0, 60)}…` : text}”`;
}
