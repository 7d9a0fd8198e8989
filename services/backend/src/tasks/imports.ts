// Imports by their id, and which tasks each one brought: the only SQL on `imports`, `imported_tasks` and
// `import_merges`.
import type { Task } from '@todo/contracts/task';
import type { Queryable } from '@todo/runtime/database';

/** A list that an import made. */
export interface MadeList {
  readonly id: string;
  readonly name: string;
}

/** An import that stored something. */
export interface StoredImport {
  readonly id: string;
  /** As in the report: `icalendar`. */
  readonly format: string;
  /** The file's name; null: the client did not say it. */
  readonly name: string | null;
  readonly createdAt: Date;
  /** Tasks that it stored. */
  readonly tasks: number;
  /** Tasks of the person that it changed. */
  readonly merged: number;
  readonly newLists: readonly MadeList[];
  /** When its undo began; null: it was not taken back. */
  readonly undoBeganAt: Date | null;
  /** Tasks that the undo deleted so far. */
  readonly deleted: number;
  readonly undoneAt: Date | null;
}

interface Row {
  id: string;
  format: string;
  name: string | null;
  created_at: Date;
  tasks: number;
  merged: number | null;
  new_lists: MadeList[];
  undo_began_at: Date | null;
  deleted: number;
  undone_at: Date | null;
}

/** Imports that a list of them shows. */
const MAX_SHOWN = 50;

/** Notes that an import begins. */
export async function insertImport(
  client: Queryable,
  userId: string,
  made: Pick<StoredImport, 'id' | 'format' | 'name' | 'createdAt'>,
): Promise<void> {
  await client.query(
    'INSERT INTO todo.imports (id, user_id, format, name, created_at) VALUES ($1, $2, $3, $4, $5)',
    [made.id, userId, made.format, made.name, made.createdAt],
  );
}

/** Notes which tasks an import brought. */
export async function insertImportedTasks(
  client: Queryable,
  importId: string,
  taskIds: readonly string[],
): Promise<void> {
  await client.query(
    'INSERT INTO todo.imported_tasks (import_id, task_id) SELECT $1, unnest($2::uuid[])',
    [importId, taskIds],
  );
}

/** Adds what was stored to what an import stored before. */
export async function addToImport(
  client: Queryable,
  importId: string,
  stored: Pick<StoredImport, 'tasks' | 'merged' | 'newLists'>,
): Promise<void> {
  await client.query(
    `UPDATE todo.imports SET tasks = tasks + $2, merged = coalesce(merged, 0) + $3, new_lists = new_lists || $4::jsonb WHERE id = $1`,
    [importId, stored.tasks, stored.merged, JSON.stringify(stored.newLists)],
  );
}

/** Forgets an import that stored nothing. */
export async function forgetImport(client: Queryable, importId: string): Promise<void> {
  await client.query('DELETE FROM todo.imports WHERE id = $1', [importId]);
}

/** Notes that an import changed a task: what it was before, and the version that the change gave it. */
export async function insertMerge(
  client: Queryable,
  importId: string,
  { before, version }: { readonly before: Task; readonly version: number },
): Promise<void> {
  await client.query(
    `INSERT INTO todo.import_merges (import_id, task_id, version, before) VALUES ($1, $2, $3, $4)
     ON CONFLICT (import_id, task_id) DO UPDATE SET version = excluded.version`,
    [importId, before.id, version, JSON.stringify(before)],
  );
}

/** Tasks that an import changed and nobody changed since, as they were before. @param limit at most so many */
export async function untouchedMerges(
  client: Queryable,
  userId: string,
  importId: string,
  limit: number,
): Promise<Task[]> {
  const { rows } = await client.query<{ before: Task }>(
    `SELECT m.before FROM todo.import_merges m JOIN todo.tasks t ON t.id = m.task_id AND t.version = m.version
     WHERE m.import_id = $1 AND t.user_id = $2 AND t.deleted_at IS NULL ORDER BY m.task_id LIMIT $3`,
    [importId, userId, limit],
  );
  return rows.map((row) => row.before);
}

/** A person's imports, newest first, at most {@link MAX_SHOWN}. @param id only this one */
export async function findImports(
  client: Queryable,
  userId: string,
  id: string | null = null,
): Promise<StoredImport[]> {
  const { rows } = await client.query<Row>(
    `SELECT * FROM todo.imports WHERE user_id = $1 AND ($2::uuid IS NULL OR id = $2)
     ORDER BY created_at DESC, id DESC LIMIT ${MAX_SHOWN}`,
    [userId, id],
  );
  return rows.map((row) => ({
    id: row.id,
    format: row.format,
    name: row.name,
    createdAt: row.created_at,
    tasks: row.tasks,
    merged: row.merged ?? 0,
    newLists: row.new_lists,
    undoBeganAt: row.undo_began_at,
    deleted: row.deleted,
    undoneAt: row.undone_at,
  }));
}

/** Tasks of an import that nobody changed since, by how many tasks of it are above them; the deepest come first. */
export async function untouchedByLevel(
  client: Queryable,
  userId: string,
  importId: string,
): Promise<string[][]> {
  const { rows } = await client.query<{ ids: string[] }>(
    `WITH RECURSIVE mine AS (
       SELECT t.id, t.parent_id, t.version FROM todo.imported_tasks i JOIN todo.tasks t ON t.id = i.task_id
       WHERE i.import_id = $1 AND t.user_id = $2 AND t.deleted_at IS NULL),
     placed AS (
       SELECT id, version, 0 AS level FROM mine m WHERE NOT EXISTS (SELECT FROM mine above WHERE above.id = m.parent_id)
       UNION ALL SELECT m.id, m.version, level + 1 FROM mine m JOIN placed p ON m.parent_id = p.id WHERE level < 20)
     SELECT array_agg(id ORDER BY id) AS ids FROM placed WHERE version = 1 GROUP BY level ORDER BY level DESC`,
    [importId, userId],
  );
  return rows.map((row) => row.ids);
}

/** Begins an undo. @returns the instant of its beginning: the first one's, if it was begun before */
export async function beginUndo(client: Queryable, importId: string, at: Date): Promise<Date> {
  const { rows } = await client.query<{ undo_began_at: Date }>(
    'UPDATE todo.imports SET undo_began_at = coalesce(undo_began_at, $2) WHERE id = $1 RETURNING undo_began_at',
    [importId, at],
  );
  return rows[0]?.undo_began_at ?? at;
}

/** Counts tasks that an undo deleted. */
export async function countDeleted(
  client: Queryable,
  importId: string,
  deleted: number,
): Promise<void> {
  await client.query('UPDATE todo.imports SET deleted = deleted + $2 WHERE id = $1', [
    importId,
    deleted,
  ]);
}

/** Ends an undo. @returns false when it was ended before */
export async function endUndo(client: Queryable, importId: string, at: Date): Promise<boolean> {
  const { rowCount } = await client.query(
    'UPDATE todo.imports SET undone_at = $2 WHERE id = $1 AND undone_at IS NULL',
    [importId, at],
  );
  return rowCount === 1;
}

/** Living tasks of an import: how many, and the first ones in the order of the file. @param limit how many of these */
export async function livingTasks(
  client: Queryable,
  userId: string,
  importId: string,
  limit: number,
): Promise<{ count: number; first: { id: string; title: string }[] }> {
  // Two statements: together, the titles of all of them would be sorted for the first ones.
  const living = `FROM todo.imported_tasks i JOIN todo.tasks t ON t.id = i.task_id
     WHERE i.import_id = $1 AND t.user_id = $2 AND t.deleted_at IS NULL`;
  const { rows: first } = await client.query<{ id: string; title: string }>(
    `SELECT t.id, t.title ${living} ORDER BY i.task_id LIMIT $3`,
    [importId, userId, limit],
  );
  if (first.length < limit) return { count: first.length, first };
  const { rows } = await client.query<{ count: number }>(
    `SELECT count(*)::int AS count ${living}`,
    [importId, userId],
  );
  return { count: rows[0]?.count ?? 0, first };
}
