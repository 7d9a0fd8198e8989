// An import inside one request, from the bytes of a file to its report: read it, then store it level by level, parents first, in
// one transaction. Nothing is stored that the report does not name; if the import fails, nothing is stored at all. An import
// that goes on behind its request is import-jobs.ts.
import type { Tasks } from '../tasks/commands.ts';
import type { ImportStore } from '../tasks/import-store.ts';
import type { TaskContext } from '../tasks/task-context.ts';
import type { DuplicateChoice } from './duplicates.ts';
import { importRun } from './import-run.ts';
import { listName } from './list-name.ts';
import { PROGRESS_EVERY, readFile } from './read-file.ts';
import type { ImportReport } from './report.ts';

/** How far an import is. */
export interface ImportProgress {
  readonly stage: 'reading' | 'storing';
  /** Entries done in this stage. */
  readonly entries: number;
  /** Of how many; undefined while the file is read. */
  readonly of?: number;
}

/** How to import. */
export interface ImportOptions {
  /** The media type the client sent; the content decides where the two differ. */
  readonly type: string | undefined;
  readonly dryRun: boolean;
  readonly duplicates: DuplicateChoice;
  readonly idempotencyKey: string | undefined;
  /** The file's name, for the list of imports. */
  readonly name: string | undefined;
  /** Told of every few hundred entries; a small file has nothing to tell. */
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined;
}

/** A file's name as it is kept; null for none. */
export function fileName(name: string | undefined): string | null {
  return listName(name ?? '') || null;
}

/** Imports a file. @throws Problem 400 when it is of no known format or empty, 413 when it is too large */
export async function importFile(
  tasks: Tasks,
  context: TaskContext,
  body: AsyncIterable<Buffer | string>,
  options: ImportOptions,
): Promise<ImportReport> {
  const { type, dryRun, duplicates, idempotencyKey, onProgress } = options;
  const { zone, locale } = context;
  const file = await readFile(body, type, { zone, locale, now: new Date() }, (entries) =>
    onProgress?.({ stage: 'reading', entries }),
  );
  const of = file.entries.length;
  const store = async (into: ImportStore): Promise<ImportReport> => {
    const run = importRun(file, { duplicates, dryRun });
    await into.begin(file.reader.format, fileName(options.name));
    let entries = 0;
    for await (const step of run.steps(0)) {
      await run.take(step, into);
      run.takeRecord();
      entries += step.entries.length;
      if (of >= PROGRESS_EVERY) onProgress?.({ stage: 'storing', entries, of });
    }
    return run.report(await into.finish());
  };
  if (dryRun) return await tasks.rehearseImport(context, store);
  const request = ['import', file.hash, duplicates.asked];
  return await tasks.importFile(context, { key: idempotencyKey, request }, store);
}
