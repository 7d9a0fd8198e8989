// BullMQ on its PostgreSQL backend (since version 6): a queue a group, so that a message is one job in each.
import { createPostgresBackend, withBackend } from 'bullmq';
import type { StartContender } from '../contender.ts';

const CONCURRENCY = 100;

interface Payload {
  body: string;
}

const { Queue: PostgresQueue, Worker: PostgresWorker } = withBackend(createPostgresBackend);

/** Starts BullMQ. */
export const startBullMq: StartContender = (url) => {
  const queues = new Map<string, InstanceType<typeof PostgresQueue<Payload, void>>>();
  const connection = { connectionString: url, max: 10, migrate: true };
  return Promise.resolve({
    setUp: async (groups) => {
      for (const name of groups) {
        const queue = new PostgresQueue<Payload, void>(name, {
          connection,
          defaultJobOptions: { removeOnComplete: true },
        });
        queue.on('error', (error) => {
          console.error(error);
        });
        await queue.waitUntilReady();
        queues.set(name, queue);
      }
    },
    publish: async (body) => {
      await Promise.all([...queues.values()].map((queue) => queue.add('message', { body })));
    },
    consume: async (handle) => {
      const workers = [...queues.keys()].map((name) => {
        const worker = new PostgresWorker<Payload, void>(
          name,
          (job) => {
            handle(name, job.data.body);
            return Promise.resolve();
          },
          { connection, concurrency: CONCURRENCY, removeOnComplete: { count: 0 } },
        );
        worker.on('error', (error) => {
          console.error(error);
        });
        return worker;
      });
      await Promise.all(workers.map((worker) => worker.waitUntilReady()));
      return async () => {
        await Promise.all(workers.map((worker) => worker.close()));
      };
    },
    close: async () => {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
    },
  });
};
