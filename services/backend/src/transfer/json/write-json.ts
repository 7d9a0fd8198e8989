// A person's tasks, lists and saved filters as JSON: the complete export, from which an empty account becomes the same again in all but ids
// and versions. The form is documented in docs/reference/import-export.md; `version` goes up when a reader of today could not read it.
import type { SavedFilter } from '../../filters/saved-filters.ts';
import type { TaskList } from '../../lists/lists.ts';
import type { ExportedTask } from '../../tasks/export-rows.ts';

/** What `format` says. */
export const JSON_FORMAT = 'todo-export';
/** The newest version, and the only one that is written. Version 1 had tasks alone, and no `version`. */
export const JSON_VERSION = 2;

/** The file, piece by piece. */
export async function* writeJson(
  pages: AsyncIterable<readonly ExportedTask[]>,
  {
    lists,
    filters,
  }: { readonly lists: readonly TaskList[]; readonly filters: readonly SavedFilter[] },
  at: Date,
): AsyncGenerator<string> {
  yield `{"format":"${JSON_FORMAT}","version":${JSON_VERSION},"exportedAt":"${at.toISOString()}","lists":[`;
  yield lists.map((list, n) => `${n === 0 ? '' : ','}\n${JSON.stringify(list)}`).join('');
  yield '\n],"filters":[';
  yield filters
    .map(({ name, filter }, n) => `${n === 0 ? '' : ','}\n${JSON.stringify({ name, filter })}`)
    .join('');
  yield '\n],"tasks":[';
  let first = true;
  for await (const page of pages) {
    yield page
      .map(({ task, uid, list, place }, n) => {
        const more = {
          list,
          ...(uid === task.id ? {} : { uid }),
          ...(place === null ? {} : { place }),
        };
        return `${first && n === 0 ? '' : ','}\n${JSON.stringify({ ...task, ...more })}`;
      })
      .join('');
    first &&= page.length === 0;
  }
  yield '\n]}\n';
}
