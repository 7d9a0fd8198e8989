// The trash: deleted tasks, which can be restored for 30 days (`restore` in commands.ts), seen by the page and erased for good.
// Nothing else in the backend shows a deleted task. What a person erases is announced like its deletion; what is erased because
// its time is over (trash-cleaner.ts) is not: every consumer let go of it when it was deleted.
import { invalidInput, notFound } from '@todo/contracts/problem';
import { storableText } from '@todo/contracts/task';
import type { Task } from '@todo/contracts/task';
import type { Queryable } from '@todo/runtime/database';
import { z } from 'zod';
import { MAX_PAGE } from './input.ts';
import { MAX_QUERY, searchTerms } from './search-terms.ts';
import type { Context, Reach } from './task-context.ts';
import { findTask, subtaskIds } from './task-rows.ts';
import { eraseDeleted, findTrash, findTrashed, trashedIds } from './trash-rows.ts';
import type { TrashedTask, TrashPlace } from './trash-rows.ts';

/** How long a deleted task can be restored, days. */
export const KEPT_DAYS = 30;
const DAY_MS = 86_400_000;

/** Tasks erased in one transaction. */
const BATCH = 500;
/** After this long a call answers that there is more to erase, ms: proxies wait 45 s. */
const ANSWER_AFTER_MS = 10_000;

/** Which deleted tasks a page of the trash shows. */
export const trashFilter = z.strictObject({
  /** Words that title or notes must contain. */
  q: storableText(MAX_QUERY).optional(),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(50),
  cursor: storableText(500).optional(),
});
/** See {@link trashFilter}. */
export type TrashFilter = z.output<typeof trashFilter>;

/** A page of the trash. */
export interface TrashPage {
  readonly items: TrashedTask[];
  /** Give it as `cursor` to go on; null on the last page. */
  readonly nextCursor: string | null;
}

/** What emptying the trash did. `more`: call again. */
export interface EmptiedTrash {
  readonly erased: number;
  readonly more: boolean;
}

/** What erasing needs of the unit of work it runs in. */
interface Work {
  readonly client: Queryable;
  readonly context: Context;
  announceErased: (task: Task) => Promise<void>;
}

const cursorSchema = z.tuple([z.iso.datetime(), z.uuid()]);

/** When a task deleted at an instant is erased, at the earliest. */
export function erasedAfter(deletedAt: Date): Date {
  return new Date(deletedAt.getTime() + KEPT_DAYS * DAY_MS);
}

/** What was deleted before this is erased now. */
export function keptSince(now: Date): Date {
  return new Date(now.getTime() - KEPT_DAYS * DAY_MS);
}

/** Lists a person's deleted tasks. @throws Problem 400 for a cursor that is not from this list */
export async function listTrash(
  client: Queryable,
  reach: Reach,
  { q = '', limit, cursor }: TrashFilter,
): Promise<TrashPage> {
  const after = cursor === undefined ? null : readCursor(cursor);
  const rows = await findTrash(client, reach, { terms: searchTerms(q), after, limit: limit + 1 });
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const nextCursor =
    rows.length > limit && last
      ? Buffer.from(JSON.stringify([last.deletedAt.toISOString(), last.task.id])).toString(
          'base64url',
        )
      : null;
  return { items, nextCursor };
}

function readCursor(cursor: string): TrashPlace {
  try {
    const text = Buffer.from(cursor, 'base64url').toString('utf8');
    const [deletedAt, id] = cursorSchema.parse(JSON.parse(text));
    return { deletedAt, id };
  } catch {
    throw invalidInput([
      { field: 'cursor', message: 'expected the nextCursor of the previous page' },
    ]);
  }
}

/** Erases a deleted task and the subtasks that were deleted with it. @throws Problem 404 for a living one too */
export async function eraseTrashed(work: Work, id: string): Promise<void> {
  const { client, context } = work;
  const found = await findTrashed(client, context, id);
  if (!found) throw notFound('task');
  const below = await subtaskIds(client, context.userId, id, found.deletedAt);
  await eraseAll(work, [id, ...below]);
}

/**
 * Erases what is in the trash, oldest first, in batches of one transaction each.
 * @param write runs work in a transaction that holds the person's lock
 */
export async function emptyTrash(
  write: <T>(work: (unit: Work) => Promise<T>) => Promise<T>,
): Promise<EmptiedTrash> {
  const until = performance.now() + ANSWER_AFTER_MS;
  let erased = 0;
  for (;;) {
    const batch = await write(async (unit) => {
      const ids = await trashedIds(unit.client, unit.context, BATCH);
      await eraseAll(unit, ids);
      return ids.length;
    });
    erased += batch;
    if (batch < BATCH) return { erased, more: false };
    if (performance.now() > until) return { erased, more: true };
  }
}

async function eraseAll(work: Work, ids: readonly string[]): Promise<void> {
  const { client, context } = work;
  for (const id of ids) {
    const stored = await findTask(client, context.userId, id);
    if (stored?.deletedAt) await work.announceErased(stored.task);
  }
  await eraseDeleted(client, context.userId, ids);
}
