// What can be restored. No tool erases for good: that is the person's own decision, on the page.
import { storableText } from '@todo/contracts/task';
import { z } from 'zod';
import { MAX_QUERY } from '../tasks/search-terms.ts';
import { trashFilter } from '../tasks/trash.ts';
import { localWords } from './task-view.ts';
import { defineTool } from './tool.ts';

/** Tasks of one answer. */
const PAGE = 100;

/** A deleted task in an answer; `deleted`: when, as the person sees it. */
const trashed = z.object({ id: z.string(), title: z.string(), deleted: z.string() });
/** See {@link trashed}. */
export type TrashedView = z.output<typeof trashed>;

/** The answer of {@link listTrash}. */
export const trashView = z.object({
  trash: z.array(trashed),
  nextCursor: z.string().nullable(),
});

export const listTrash = defineTool({
  name: 'list_trash',
  title: 'List the trash',
  description: 'Tasks deleted in the last 30 days, latest first. restore_task restores one.',
  input: z.strictObject({
    query: storableText(MAX_QUERY).optional(),
    cursor: storableText(500).optional(),
  }),
  output: trashView,
  action: 'tools.read',
  effect: { readOnly: true, destructive: false, idempotent: true },
  run: async (context, { query, cursor }) => {
    const filter = trashFilter.parse({ q: query, cursor, limit: PAGE });
    const { items, nextCursor } = await context.tasks.trash(context, filter);
    const trash = items.map(({ task: { id, title }, deletedAt }) => ({
      id,
      title,
      deleted: localWords(deletedAt, context.zone),
    }));
    return { trash, nextCursor };
  },
});
