// graphile-worker: one task a group, added by add_jobs in one transaction; batched fetching and completing.
import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import { BATCH, type StartContender } from '../contender.ts';

const CONCURRENCY = 24;

const logger = new Logger(() => (level, message) => {
  if (level === 'error') console.error(message);
});

/** Starts graphile-worker. */
export const startGraphileWorker: StartContender = async (url) => {
  const utils = await makeWorkerUtils({ connectionString: url, maxPoolSize: 10, logger });
  await utils.migrate();
  let names: string[] = [];
  return {
    setUp: (groups) => {
      names = groups;
      return Promise.resolve();
    },
    publish: async (body) => {
      const [only] = names;
      if (names.length === 1 && only !== undefined) await utils.addJob(only, { body });
      else await utils.addJobs(names.map((identifier) => ({ identifier, payload: { body } })));
    },
    consume: async (handle) => {
      const runners = await Promise.all(
        names.map((name) =>
          run({
            connectionString: url,
            logger,
            noHandleSignals: true,
            taskList: {
              [name]: (payload) => {
                handle(name, (payload as { body: string }).body);
              },
            },
            preset: {
              worker: {
                concurrentJobs: CONCURRENCY,
                maxPoolSize: 10,
                localQueue: { size: BATCH },
                completeJobBatchDelay: 0,
                failJobBatchDelay: 0,
              },
            },
          }),
        ),
      );
      return async () => {
        await Promise.all(runners.map((runner) => runner.stop()));
      };
    },
    close: async () => {
      await utils.release();
    },
  };
};
