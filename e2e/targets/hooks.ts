// What the suite may do to a running system besides calling its API. None of it is needed for the plain flow: without
// hooks the tests that break things or publish raw events are skipped, and say so.
import type { tablesWith } from '@todo/testing/find-text';
import { DAPR_PARTS, type DaprPart } from '@todo/deploy/system';

/** What answers statements. */
export type Queryable = Parameters<typeof tablesWith>[0];
/** A Dapr service of the system. */
export type ServiceName = DaprPart['name'];
/** All of them, in the order they start. */
export const SERVICE_NAMES: readonly ServiceName[] = DAPR_PARTS.map((part) => part.name);

/** Something that can be killed. */
export type Victim =
  | { kind: 'service'; service: ServiceName }
  | { kind: 'sidecar'; service: ServiceName }
  /** The pub/sub component beside a service's sidecar. */
  | { kind: 'component'; service: ServiceName }
  | { kind: 'database' }
  | { kind: 'broker' };

/** What a hooks module's default export returns; each member may be missing. */
export interface Hooks {
  /** Kills (SIGKILL, or deletes the pod without grace); resolves when the victim is gone, not when it is back. */
  kill?: (victim: Victim) => Promise<void>;
  /** Which victims there are; default: services and sidecars. */
  victims?: Victim['kind'][];
  /** Resolves when everything is healthy again. @throws after `timeoutMs` */
  waitUntilHealthy?: (timeoutMs: number) => Promise<void>;
  /** Ends every part, the database included, and starts all of it again on the same data; resolves when all is healthy. */
  restart?: () => Promise<void>;
  /**
   * Lets every sidecar sleep (SIGSTOP) for so long, as a laptop does whose lid is closed; resolves when they run again.
   * @returns those that ended since, to be started again
   */
  sleep?: (ms: number, wakeMs: number) => Promise<string[]>;
  /** What a service's process has logged since it started, one line of JSON an event. */
  logs?: (service: ServiceName) => Promise<string>;
  /** Publishes a body as application/cloudevents+json into a topic, through a sidecar. */
  publish?: (topic: string, event: unknown) => Promise<void>;
  /** POSTs an event to `/events/<topic>` of a service as its sidecar would; gives the answer's status and body. */
  deliver?: (
    service: ServiceName,
    topic: string,
    event: unknown,
  ) => Promise<{ status: number; body: unknown }>;
  /** Runs something with the system's database, all schemas of it. */
  withDatabase?: <T>(work: (database: Queryable) => Promise<T>) => Promise<T>;
  /** host:port of Kafka's brokers, if events go through Kafka and it can be reached from here. */
  brokers?: string[];
}

/** A victim in words, for a test's name. */
export function nameOf(victim: Victim): string {
  return 'service' in victim ? `${victim.kind} of ${victim.service}` : victim.kind;
}
