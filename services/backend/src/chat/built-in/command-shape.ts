// What a person's message can ask for.
import type { z } from 'zod';
import type { priority } from '@todo/contracts/task';

/** A change to a task, still in words where it is about time. */
export type Change =
  | { readonly kind: 'due'; readonly words: string }
  | { readonly kind: 'shift'; readonly amount: number; readonly unit: ShiftUnit }
  | { readonly kind: 'noDue' }
  | { readonly kind: 'title'; readonly title: string }
  | { readonly kind: 'notes'; readonly text: string }
  | { readonly kind: 'priority'; readonly priority: z.output<typeof priority> }
  | { readonly kind: 'tag'; readonly tag: string; readonly on: boolean }
  | { readonly kind: 'list'; readonly name: string }
  | { readonly kind: 'remind'; readonly words: string }
  /** Another time of the same day; `hour` as it was said, so 6 may be 18:00. */
  | { readonly kind: 'clock'; readonly hour: number; readonly minute: number }
  /** Null: no longer repeats. */
  | { readonly kind: 'repeat'; readonly words: string | null };

/** Units a due is moved by. */
export type ShiftUnit = 'minute' | 'hour' | 'day' | 'week' | 'month';

/** What is asked for. `target`: which tasks, in words. */
export type Command =
  | { readonly kind: 'help' | 'thanks' | 'undo' | 'redo' | 'yes' | 'no' }
  | { readonly kind: 'add'; readonly text: string }
  /** "put … in …": a task that is there into a list, or a new one. */
  | { readonly kind: 'put'; readonly what: string; readonly where: string }
  | { readonly kind: 'addList'; readonly name: string }
  /** `find`: tasks with these words; `show` and `count`: tasks of a filter. */
  | { readonly kind: 'list'; readonly words: string; readonly mode: 'show' | 'count' | 'find' }
  | { readonly kind: 'lists'; readonly count: boolean }
  /** A saved filter by its name, or a filter as it is written. */
  | { readonly kind: 'filter'; readonly words: string }
  | { readonly kind: 'filters' }
  /** One task: when it is, whether and when it was done, in which list. */
  | {
      readonly kind: 'about';
      readonly target: string;
      readonly aspect: 'when' | 'when-done' | 'state' | 'list';
    }
  /** What comes first. */
  | { readonly kind: 'next'; readonly overdueToo: boolean }
  | { readonly kind: 'summary' }
  /** Small talk, and the answer to it; `now` is asked for the day and the time. */
  | { readonly kind: 'talk'; readonly reply: string }
  | { readonly kind: 'now' }
  | { readonly kind: 'complete' | 'reopen' | 'delete' | 'restore'; readonly target: string }
  /** What was deleted: to be shown, or to be erased, which no sentence does. */
  | { readonly kind: 'trash' | 'emptyTrash' }
  /** "I paid the rent": done, or after all not, by what was done with what. */
  | {
      readonly kind: 'did';
      readonly verb: string;
      readonly object: string;
      readonly undone: boolean;
    }
  | { readonly kind: 'update'; readonly target: string; readonly change: Change }
  | { readonly kind: 'pick'; readonly target: string }
  | { readonly kind: 'unknown'; readonly text: string };
