// What runs of each service when there are several of it, as a cluster has: replicas of their own ports, names and sidecars.
import { planPorts, SERVICES, type ServiceName, type ServicePorts } from './ports.ts';

/** Ports between one replica's and the next one's: more than a whole system uses. */
const REPLICA_STEP = 60;

/** The name of a service's replica: the first has the service's own, such as `audit`; the second `audit-2`. */
export type ReplicaName = ServiceName | `${ServiceName}-${number}`;

/** One replica of a service. */
export interface Replica {
  readonly service: ServiceName;
  readonly name: ReplicaName;
  readonly ports: ServicePorts;
}

/** The replicas of every service, the first of each before the second of any. @param base first port of the system */
export function replicasOf(base: number, count: number): Replica[] {
  return Array.from({ length: count }, (_, index) => {
    const { services } = planPorts(base + index * REPLICA_STEP);
    return SERVICES.map((service): Replica => {
      const name: ReplicaName = index === 0 ? service : `${service}-${index + 1}`;
      return { service, name, ports: services[service] };
    });
  }).flat();
}
