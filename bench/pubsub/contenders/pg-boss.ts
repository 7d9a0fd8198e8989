// pg-boss: its own publish/subscribe fan-out for several groups. LISTEN/NOTIFY is off while a backlog is published and
// drained (it costs there and brings nothing) and on when latency is measured.
import { PgBoss } from 'pg-boss';
import { BATCH, type StartContender } from '../contender.ts';

const EVENT = 'bench';

interface Payload {
  body: string;
}

/** Starts pg-boss. */
export const startPgBoss: StartContender = async (url) => {
  const boss = new PgBoss({ connectionString: url, max: 10, useListenNotify: true });
  boss.on('error', (error) => {
    console.error(error);
  });
  await boss.start();
  let names: string[] = [];
  return {
    setUp: async (groups) => {
      names = groups;
      for (const name of names) {
        await boss.createQueue(name);
        await boss.subscribe(EVENT, name);
      }
    },
    publish: async (body) => {
      const [only] = names;
      if (names.length === 1 && only !== undefined) await boss.send(only, { body });
      else await boss.publish(EVENT, { body });
    },
    consume: async (handle, pace) => {
      for (const name of names) {
        if (pace === 'paced') await boss.updateQueue(name, { notify: true });
        await boss.work<Payload>(
          name,
          { batchSize: BATCH, pollingIntervalSeconds: 0.5, burstWhenBatchFull: true },
          (jobs) => {
            for (const { data } of jobs) handle(name, data.body);
            return Promise.resolve();
          },
        );
      }
      return async () => {
        for (const name of names) await boss.offWork(name, { wait: true });
      };
    },
    close: async () => {
      await boss.stop({ graceful: false });
    },
  };
};
