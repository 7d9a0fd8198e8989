// What an import tells: what became of each entry of the file, and why. A file of 100,000 good entries needs no 100,000 lines:
// entries that were read as they are make room for those with something to say.
import type { Task } from '@todo/contracts/task';
import type { Note } from './entry.ts';

/** Entries that a report lists. */
export const MAX_LISTED = 1_000;
/** Notes of one entry that a report lists. */
const MAX_NOTES_LISTED = 50;

/** What became of an entry. */
export type Outcome = 'read' | 'changed' | 'duplicate' | 'left out';
/** What is counted: duplicates that changed their task, and entries that are part of another one's, are apart from the others. */
export type Counted = Outcome | 'merged' | 'joined';

/** What an entry will be, in short: for a person who decides about an import. */
export interface Becomes extends Pick<Task, 'due' | 'priority' | 'tags' | 'status'> {
  /** The list's name; null: no list. */
  readonly list: string | null;
  /** RFC 5545 RRULE; null: it does not repeat. */
  readonly rule: string | null;
  /** How many reminders. */
  readonly reminders: number;
  readonly isSubtask: boolean;
}

/** One entry of the file. */
export interface ReportedEntry {
  /** Its number in the file, from 1. */
  readonly entry: number;
  readonly line?: number;
  /** What the file calls it. */
  readonly uid?: string;
  readonly title?: string;
  readonly outcome: Outcome;
  /** Of a duplicate that changed the task it is already. */
  readonly merged?: true;
  /** It is part of another entry's task: a changed occurrence of its series. */
  readonly joined?: true;
  /** The task it made, or the one it is already. */
  readonly taskId?: string;
  /** Of an entry that is a task already: what it was recognised by. */
  readonly match?: 'id' | 'content';
  /** Only in a dry run, for an entry that becomes a task. */
  readonly becomes?: Becomes;
  readonly notes: readonly Note[];
}

/** A whole import. */
export interface ImportReport {
  /** By which it can be taken back; null: a dry run, or nothing was stored. */
  readonly importId: string | null;
  readonly format: string;
  readonly encoding: string;
  readonly dryRun: boolean;
  /** Entries of the file. */
  readonly read: number;
  /** Tasks stored; in a dry run 0. */
  readonly created: number;
  /** Tasks that would be stored, or were. */
  readonly tasks: number;
  /** Of these, read with a part changed or left out. */
  readonly changed: number;
  readonly duplicates: number;
  /** Entries that changed the task they are already. */
  readonly merged: number;
  readonly leftOut: number;
  /** Lists made, or that would be. */
  readonly newLists: readonly string[];
  /** What concerns the whole file. */
  readonly remarks: readonly string[];
  /** In the order of the file, at most {@link MAX_LISTED}: first those that were not simply read. */
  readonly entries: readonly ReportedEntry[];
  /** Entries not listed. */
  readonly entriesOmitted: number;
}

/** A task in short. @param list the name of its list */
export function becoming(task: Task, list: string | null): Becomes {
  const { due, priority, tags, status } = task;
  return {
    due,
    priority,
    tags,
    status,
    list,
    rule: task.recurrence?.rule ?? null,
    reminders: task.reminders.length,
    isSubtask: task.parentId !== null,
  };
}

/** What an entry counts as. */
export function countedAs({ outcome, merged, joined }: ReportedEntry): Counted {
  if (joined === true) return 'joined';
  return merged === true ? 'merged' : outcome;
}

/** Collects a report. */
export interface ReportBuilder {
  /** @returns the entry as it is kept for the list; null where there is no room for it */
  readonly add: (entry: ReportedEntry) => ReportedEntry | null;
  /** Takes over what another process counted and kept. */
  readonly restore: (
    counted: Partial<Record<Counted, number>>,
    kept: readonly ReportedEntry[],
  ) => void;
  readonly finish: (
    file: Pick<
      ImportReport,
      'importId' | 'format' | 'encoding' | 'dryRun' | 'newLists' | 'remarks'
    >,
  ) => ImportReport;
}

/** Makes an empty one. */
export function reportBuilder(): ReportBuilder {
  const counts: Record<Counted, number> = {
    read: 0,
    changed: 0,
    duplicate: 0,
    merged: 0,
    joined: 0,
    'left out': 0,
  };
  const plain: ReportedEntry[] = [];
  const notable: ReportedEntry[] = [];
  return {
    add: (entry) => {
      counts[countedAs(entry)] += 1;
      const kept = entry.outcome === 'read' ? plain : notable;
      if (kept.length >= MAX_LISTED) return null;
      const listed = {
        ...entry,
        ...(entry.title === undefined ? {} : { title: storable(entry.title.slice(0, 100)) }),
        notes: entry.notes
          .slice(0, MAX_NOTES_LISTED)
          .map((note) => ({ ...note, why: storable(note.why) })),
      };
      kept.push(listed);
      return listed;
    },
    restore: (counted, kept) => {
      for (const [outcome, number] of Object.entries(counted)) counts[outcome as Counted] += number;
      for (const entry of kept) (entry.outcome === 'read' ? plain : notable).push(entry);
    },
    finish: (file) => {
      const tasks = counts.read + counts.changed;
      const read = tasks + counts.duplicate + counts.merged + counts.joined + counts['left out'];
      const entries = [...notable, ...plain].slice(0, MAX_LISTED).sort((a, b) => a.entry - b.entry);
      return {
        ...file,
        read,
        created: file.dryRun ? 0 : tasks,
        tasks,
        changed: counts.changed,
        duplicates: counts.duplicate,
        merged: counts.merged,
        leftOut: counts['left out'],
        entries,
        entriesOmitted: read - entries.length,
      };
    },
  };
}

/** A report may be stored, for the Idempotency-Key. */
function storable(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}
