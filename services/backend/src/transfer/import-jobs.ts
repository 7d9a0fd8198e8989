// Imports that go on behind their request, as the routes use them.
import { notFound } from '@todo/contracts/problem';
import { withTransaction } from '@todo/runtime/database';
import { findImports } from '../tasks/imports.ts';
import type { TaskContext } from '../tasks/task-context.ts';
import { acceptImport } from './accept-job.ts';
import type { Accepting, ArrivingFile } from './accept-job.ts';
import { cancelJob, findJobs } from './job-rows.ts';
import type { JobView } from './job-rows.ts';

/** What can be done with them. */
export interface ImportJobs {
  /** Stores a file, which is imported from then on. @returns the id of the import @throws Problem 400, 413, 429 */
  accept: (context: TaskContext, file: ArrivingFile) => Promise<string>;
  /** Those of these imports that went on behind their request. */
  views: (userId: string, ids: readonly string[]) => Promise<Map<string, JobView>>;
  /** Stops one. What it stored stays; one that has ended stays as it is. @throws Problem 404 */
  cancel: (userId: string, id: string) => Promise<void>;
}

/** Makes them. @param wake called where a job may wait for a process */
export function createImportJobs(parts: Accepting & { readonly wake: () => void }): ImportJobs {
  const { pool, wake } = parts;
  return {
    accept: async (context, file) => {
      const id = await acceptImport(parts, context, file);
      wake();
      return id;
    },
    views: async (userId, ids) => {
      const views = await findJobs(pool, userId, ids);
      // its process may be gone
      if ([...views.values()].some(({ state }) => state === 'waiting' || state === 'running'))
        wake();
      return views;
    },
    cancel: async (userId, id) => {
      const [found] = await findImports(pool, userId, id);
      if (found === undefined) throw notFound('import');
      await withTransaction(pool, (client) => cancelJob(client, userId, id));
    },
  };
}
