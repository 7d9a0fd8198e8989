// From a typed line to a task that can be stored: the parser's reading, the person's own lists, and what the person
// corrected. Nothing is stored here; the same function serves the preview and the creation, so both say the same.
import { Problem } from '@todo/contracts/problem';
import { instant, storableText } from '@todo/contracts/task';
import { z } from 'zod';
import type { TaskList } from '../lists/lists.ts';
import { newTask, taskPatch } from '../tasks/input.ts';
import type { NewTask } from '../tasks/input.ts';
import { MAX_QUICK_ADD, parseQuickAdd } from './parse-quick-add.ts';
import { findUnread } from './unread.ts';
import type { UnreadPiece } from './unread.ts';
import type { ParseContext, ParsedQuickAdd, Range, Understood } from './parse-quick-add.ts';

/** A line may have been typed this long ago, ms: it waited on a device without network, or its preview stayed open. */
const MAX_TYPED_AGO_MS = 30 * 86_400_000;
/** A person's clock may be ahead of ours by this, ms. */
const MAX_TYPED_AHEAD_MS = 60_000;
/** Ranges a person may take back. */
const MAX_IGNORED = 50;

/** A line to read. */
export const quickAddText = z.strictObject({
  text: storableText(MAX_QUICK_ADD).refine((text) => text.trim() !== '', 'at least 1 character'),
  /** Ranges that were taken back: they stay in the title. UTF-16 offsets, as in `understood`. */
  ignore: z
    .array(
      z.strictObject({
        start: z.int().min(0).max(MAX_QUICK_ADD),
        end: z.int().min(0).max(MAX_QUICK_ADD),
      }),
    )
    .max(MAX_IGNORED, `at most ${MAX_IGNORED} ranges`)
    .default([]),
  /**
   * When it was typed, so that "tomorrow" means what the preview showed, or what it meant on a device without network; up to
   * 30 days ago. Without it: now.
   */
  typedAt: instant.optional(),
});
/** See {@link quickAddText}. */
export type QuickAddText = z.output<typeof quickAddText>;

/** Fields of the task that a person set by hand: they win over what the text says. */
export const corrections = z.strictObject(taskPatch.shape);
/** See {@link corrections}. */
export type Corrections = z.output<typeof corrections>;

/** The fields that a line can fill. */
export type QuickTask = Pick<
  NewTask,
  'title' | 'notes' | 'priority' | 'tags' | 'listId' | 'due' | 'recurrence' | 'reminders'
>;

/** What was understood. */
export interface Understanding {
  readonly task: QuickTask;
  /** The list that the text names. */
  readonly list: { readonly id: string; readonly name: string } | null;
  readonly understood: readonly Understood[];
  readonly hints: readonly string[];
  /** Words that may have been meant as a time or a priority, and stay in the title. */
  readonly unread: readonly UnreadPiece[];
  /** The instant that words such as "tomorrow" were counted from. */
  readonly typedAt: string;
}

/**
 * Reads a line. A list that the person doesn't have stays in the title, with a hint.
 * @param context `now` is the server's; `typedAt` of the line counts when it is near.
 * @throws Problem 400 for a `typedAt` that is too far from now
 */
export function understand(
  line: QuickAddText,
  context: ParseContext,
  lists: readonly TaskList[],
): Understanding {
  const now = typedAt(line, context.now);
  const read = (ignore: readonly Range[]): ParsedQuickAdd =>
    parseQuickAdd(line.text, { ...context, now }, { ignore, corrects: true });
  let parsed = read(line.ignore);
  const hints: string[] = [];
  let list = findList(lists, parsed.list);
  if (parsed.list !== null && !list) {
    hints.push(
      `There is no list "${parsed.list}", so its name stays in the title. Create the list first.`,
    );
    const marks = parsed.understood.filter(({ kind }) => kind === 'list');
    parsed = read([...line.ignore, ...marks]);
    list = findList(lists, parsed.list);
  }
  if (parsed.title === '')
    hints.push('The text has no words for a title. Say what to do, such as "buy milk".');
  return {
    task: {
      title: parsed.title,
      notes: parsed.notes,
      priority: parsed.priority,
      tags: [...parsed.tags],
      listId: list?.id ?? null,
      due: parsed.due,
      recurrence: parsed.recurrence,
      reminders: [...parsed.reminders],
    },
    list: list ? { id: list.id, name: list.name } : null,
    understood: parsed.understood,
    hints: [...parsed.hints, ...hints],
    unread: findUnread(
      line.text.split(/\r\n|\r|\n/)[0] ?? '',
      [...parsed.understood, ...line.ignore],
      parsed.due !== null,
    ),
    typedAt: now.toISOString(),
  };
}

/**
 * The task as it is to be stored: what was understood, with the corrections.
 * @throws z.ZodError that names the field, such as a title that is empty
 */
export function withCorrections(understanding: Understanding, given: Corrections): NewTask {
  return newTask.parse({ ...understanding.task, ...given });
}

function typedAt(line: QuickAddText, now: Date): Date {
  if (line.typedAt === undefined) return now;
  const at = new Date(line.typedAt);
  const ago = now.getTime() - at.getTime();
  if (ago <= MAX_TYPED_AGO_MS && ago >= -MAX_TYPED_AHEAD_MS) return at;
  throw new Problem(400, 'invalid-input', 'Check these fields: typedAt.', {
    fields: [{ field: 'typedAt', message: 'expected an instant within the last 30 days' }],
  });
}

function findList(lists: readonly TaskList[], name: string | null): TaskList | undefined {
  if (name === null) return undefined;
  const wanted = fold(name);
  return lists.find((list) => fold(list.name) === wanted);
}

function fold(name: string): string {
  return name.trim().normalize('NFKC').toLowerCase();
}
