// This project's component, as its own process, through the gRPC calls that daprd makes. Default settings.
import { setTimeout as sleep } from 'node:timers/promises';
import { connectSidecar } from '@todo/testing/sidecar-client';
import { startComponentProcess } from '@todo/testing/component-process';
import type { Contender, StartContender } from '../contender.ts';
import { connectLightly } from '../light-client.ts';

const TOPIC = 'bench';
/** What was answered last is on its way. */
const LAST_ANSWERS_MS = 100;

/** The component as it is now. */
export const startOurs: StartContender = (url) => start(url, true);

/** Another build of the component, to compare with: BASELINE names its main.js, with its other folders around it. */
export const startBaseline: StartContender = (url) => {
  const bundle = process.env['BASELINE'];
  if (!bundle) throw new Error('BASELINE is not set: the path of the other build, …/dist/main.js');
  return start(url, bundle);
};

/** Starts the component; each group is a named component in its one process. */
async function start(url: string, bundled: true | string): Promise<Contender> {
  const component = await startComponentProcess({ bundled, env: { LOG_LEVEL: 'warn' } });
  const client = connectSidecar(component.socket);
  const publisher = client.instance('publisher');
  const publishing = connectLightly(component.socket, 'publisher');
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
    publish: (body) => publishing.publish(TOPIC, body),
    consume: (handle) => {
      // A connection a group, as each has a daprd of its own.
      const groups = names.map((name) => {
        const group = connectLightly(component.socket, name);
        group.pull(TOPIC, (data) => {
          handle(name, data.toString());
        });
        return group;
      });
      return Promise.resolve(async () => {
        await sleep(LAST_ANSWERS_MS);
        for (const group of groups) group.close();
      });
    },
    residentBytes: component.residentBytes,
    cpuMs: component.cpuMs,
    close: async () => {
      publishing.close();
      client.close();
      await component.remove();
    },
  };
}
