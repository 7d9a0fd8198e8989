// What a fault may hit: the parts of the system as it was started, by name.
import { SERVICES } from '@todo/local/ports';
import { replicasOf, type ReplicaName } from '@todo/local/replicas';
import type { Pubsub } from '../../targets/embedded.ts';

/** How the system is laid out. */
export interface Layout {
  readonly pubsub: Pubsub;
  /** Replicas of each service. */
  readonly replicas: number;
}

const names = ({ replicas }: Layout): ReplicaName[] =>
  replicasOf(0, replicas).map(({ name }) => name);

/** Every process that is ours and has no data. */
export const processes = (layout: Layout): string[] => [
  ...names(layout),
  ...names(layout).map((name) => `daprd-${name}`),
  ...(layout.pubsub === 'postgresql' ? names(layout).map((name) => `pubsub-${name}`) : []),
];

/** The broker, where there is one. */
export const brokers = ({ pubsub }: Layout): string[] => (pubsub === 'kafka' ? ['kafka'] : []);

/** What goes through a proxy. */
export const connections = (layout: Layout): string[] =>
  names(layout).flatMap((name) => [`${name} to its database`, `${name} to its sidecar`]);

/** All replicas of a service at once. */
export const services = (): string[] => SERVICES.map((service) => `every ${service}`);
