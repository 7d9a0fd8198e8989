// This project's component without its gRPC service: a library in the publisher's process, as the peers are. Nobody runs
// it like that; beside `ours` it shows what the log in the database does, and what two process boundaries cost.
import pino from 'pino';
import { startComponent, type Component } from '@todo/pubsub-postgresql/component';
import { parseComponentMetadata } from '@todo/pubsub-postgresql/component-metadata';
import type { StartContender } from '../contender.ts';

const TOPIC = 'bench';

/** Starts components with default settings: one that publishes, one for each group. */
export const startOursInProcess: StartContender = async (url) => {
  const groups = new Map<string, Component>();
  const start = async (consumerID: string): Promise<Component> => {
    const { metadata } = parseComponentMetadata({
      connectionString: url,
      consumerID,
      initialPosition: 'earliest',
    });
    const component = startComponent(metadata, pino({ level: 'warn' }), (reason) => {
      throw new Error(reason);
    });
    await component.ready();
    return component;
  };
  const publisher = await start('publisher');
  return {
    setUp: async (names) => {
      for (const name of names) groups.set(name, await start(name));
    },
    publish: async (body) => {
      const message = { data: Buffer.from(body), contentType: 'application/json', metadata: {} };
      const [error] = await publisher.publish(TOPIC, [message]);
      if (error) throw error;
    },
    consume: (handle) => {
      const subscriptions = [...groups].map(([name, component]) => {
        const subscription = component.subscribe({
          topic: TOPIC,
          send: (id, message) => {
            handle(name, message.data.toString());
            queueMicrotask(() => {
              subscription.acknowledge(id, undefined);
            });
          },
          onStuck: (reason) => {
            throw new Error(reason);
          },
        });
        return subscription;
      });
      return Promise.resolve(async () => {
        await Promise.all(subscriptions.map((subscription) => subscription.close()));
      });
    },
    close: async () => {
      await Promise.all([publisher, ...groups.values()].map((component) => component.close()));
    },
  };
};
