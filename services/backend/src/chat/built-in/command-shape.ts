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
  | { readonly kind: 'remind'; readonly words: string };

/** Units a due is moved by. */
export type ShiftUnit = 'minute' | 'hour' | 'day' | 'week' | 'month';

/** What is asked for. `target`: which tasks, in words. */
export type Command =
  | { readonly kind: 'help' | 'thanks' | 'undo' | 'yes' | 'no' }
  | { readonly kind: 'add'; readonly text: string }
  | { readonly kind: 'list'; readonly words: string; readonly count: boolean }
  | { readonly kind: 'complete' | 'reopen' | 'delete'; readonly target: string }
  | { readonly kind: 'update'; readonly target: string; readonly change: Change }
  | { readonly kind: 'pick'; readonly target: string }
  | { readonly kind: 'unknown'; readonly text: string };
