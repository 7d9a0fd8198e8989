// The tags a person uses, for those who pick one.
import type { Queryable } from '@todo/runtime/database';

/** Tags told at once; who has more finds them by search. */
const MAX_TAGS = 500;

/** A tag and how many open tasks have it. */
export interface TagCount {
  readonly tag: string;
  readonly open: number;
}

/** The tags of a person's open tasks, by name; the same tag in other letters is another one, as in the filter. */
export async function listTags(client: Queryable, userId: string): Promise<TagCount[]> {
  const { rows } = await client.query<TagCount>(
    `SELECT tag, count(*)::int AS open FROM todo.tasks t, unnest(t.tags) AS tag
     WHERE t.user_id = $1 AND t.deleted_at IS NULL AND t.status = 'open'
     GROUP BY tag ORDER BY lower(tag), tag LIMIT ${MAX_TAGS}`,
    [userId],
  );
  return rows;
}
