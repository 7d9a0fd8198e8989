// This project's component, as its own process, through the gRPC calls that daprd makes. Default settings.
import { connectSidecar } from '@todo/testing/sidecar-client';
import { startComponentProcess } from '@todo/testing/component-process';
import type { StartContender } from '../contender.ts';

const TOPIC = 'bench';

/** Starts the component; each group is a named component in its one process. */
export const startOurs: StartContender = async (url) => {
  const component = await startComponentProcess({ bundled: true, env: { LOG_LEVEL: 'warn' } });
  const client = connectSidecar(component.socket);
  const publisher = client.instance('publisher');
  await publisher.init({ connectionString: url, consumerID: 'publisher' });
  let names: string[] = [];
  return {
    setUp: async (groups) => {
      names = groups;
      for (const name of names) {
        const group = client.instance(name);
        await group.init({
          connectionString: url,
          consumerID: name,
          initialPosition: 'earliest',
        });
      }
    },
    publish: async (body) => {
      await publisher.publish(TOPIC, body);
    },
    consume: (handle) => {
      const pulls = names.map((name) =>
        client.instance(name).pull(TOPIC, (message) => {
          handle(name, message.data.toString());
          return undefined;
        }),
      );
      return Promise.resolve(async () => {
        for (const pull of pulls) pull.cancel();
        await Promise.all(pulls.map((pull) => pull.ended));
      });
    },
    residentBytes: component.residentBytes,
    close: async () => {
      client.close();
      await component.remove();
    },
  };
};
