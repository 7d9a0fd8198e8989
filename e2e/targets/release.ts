// A release in a namespace of a cluster, as the tests handle it: killed, restarted, called and waited for.
import { setTimeout as sleep } from 'node:timers/promises';
import { isReady, type ContainerStatus, type Pod } from '@todo/deploy/steps/pods';
import { DAPR_PARTS } from '@todo/deploy/system';
import type { ServiceName, Victim } from './hooks.ts';
import { forward, kubectl, processesOf, type Forward } from './kubectl.ts';

/** Each service's chart, which its pods are named for. */
export const CHARTS = Object.fromEntries(
  DAPR_PARTS.map((part) => [part.name, part.chart]),
) as Record<ServiceName, string>;

const POLL_MS = 400;

/** How long a call through a port-forward is repeated while its pod is being replaced, ms. */
const REACHABLE_WITHIN_MS = 60_000;

/** A pod with what only this file reads of it. */
type RunningPod = Pod & { metadata: { uid: string } };

/** A Deployment or StatefulSet, as far as its roll-out is read. */
interface Workload {
  kind: string;
  metadata: { name: string; generation: number };
  spec: { replicas: number };
  status: { observedGeneration?: number; readyReplicas?: number; updatedReplicas?: number };
}

/** What can be done to a release in a namespace. */
export interface Release {
  /** Pods of a chart (or of `redpanda`, `postgresql`) that are not on their way out. */
  podsOf: (name: string) => Promise<RunningPod[]>;
  kill: (victim: Victim) => Promise<void>;
  waitUntilHealthy: (timeoutMs: number) => Promise<void>;
  /** Ends every pod of the release and of its database, in good order, and waits until all that replaces them is healthy. */
  restart: (timeoutMs: number) => Promise<void>;
  /** What the app's containers of a service log now. */
  logs: (service: ServiceName) => Promise<string>;
  /** One request to a port of a service's pod, as from inside the pod; repeated until the pod answers. */
  call: (service: ServiceName, port: number, path: string, init: RequestInit) => Promise<Response>;
  /** A value of the Secret `todo-secrets`. */
  secret: (key: string) => Promise<string>;
}

/**
 * A release as the tests handle it.
 * @param databaseNamespace where the pod `postgresql` is
 */
export function releaseIn(namespace: string, databaseNamespace = namespace): Release {
  /** What must have happened before the system counts as healthy again: a kill is noticed only after a while. */
  let noticed: (() => Promise<boolean>)[] = [];
  const forwards = new Map<string, Promise<Forward>>();

  async function podsOf(name: string, where = namespace): Promise<RunningPod[]> {
    const selector = `app.kubernetes.io/name=${name}`;
    const text = await kubectl(['get', 'pods', '-n', where, '-l', selector, '-o', 'json']);
    return (JSON.parse(text) as { items: RunningPod[] }).items.filter(
      (pod) => pod.metadata.deletionTimestamp === undefined,
    );
  }

  async function onePod(name: string, where = namespace): Promise<RunningPod> {
    const pods = await podsOf(name, where);
    const pod = pods.find(isReady) ?? pods[0];
    if (pod === undefined) throw new Error(`${name} has no pod in ${where}`);
    return pod;
  }

  async function killPod(name: string): Promise<void> {
    const { metadata } = await onePod(name);
    const now = ['--grace-period=0', '--force', '--wait=false'];
    await kubectl(['delete', 'pod', metadata.name, '-n', namespace, ...now]);
    noticed.push(async () =>
      (await podsOf(name)).every((pod) => pod.metadata.uid !== metadata.uid),
    );
  }

  async function killContainer(name: string, container: string, where = namespace): Promise<void> {
    const { metadata, status } = await onePod(name, where);
    const before = containersOf(status).find((one) => one.name === container);
    const running = processesOf(before?.containerID ?? '');
    if (running.length === 0) {
      throw new Error(`${container} of ${metadata.name} has no process on this machine`);
    }
    for (const pid of running) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // ended with its parent
      }
    }
    noticed.push(async () => {
      const pod = (await podsOf(name, where)).find((one) => one.metadata.uid === metadata.uid);
      const now = pod && containersOf(pod.status).find((one) => one.name === container);
      return now === undefined || now.restartCount > (before?.restartCount ?? 0);
    });
  }

  async function unwell(): Promise<string[]> {
    const problems: string[] = [];
    for (const where of new Set([namespace, databaseNamespace])) {
      const text = await kubectl(['get', 'deploy,sts,pods', '-n', where, '-o', 'json']);
      for (const item of (JSON.parse(text) as { items: (Workload | RunningPod)[] }).items) {
        if ('generation' in item.metadata && 'replicas' in item.spec) {
          if (!rolledOut(item as Workload)) problems.push(`${item.metadata.name} is not complete`);
        } else if (!isReady(item as RunningPod)) {
          problems.push(`pod ${item.metadata.name} is not ready`);
        }
      }
    }
    return problems;
  }

  async function call(
    service: ServiceName,
    port: number,
    path: string,
    init: RequestInit,
  ): Promise<Response> {
    const key = `${service}:${port}`;
    const deadline = Date.now() + REACHABLE_WITHIN_MS;
    for (;;) {
      let opening = forwards.get(key);
      try {
        if (opening === undefined) {
          opening = onePod(CHARTS[service]).then((pod) =>
            forward(namespace, pod.metadata.name, port),
          );
          forwards.set(key, opening);
        }
        const { address } = await opening;
        return await fetch(`${address}${path}`, { ...init, signal: AbortSignal.timeout(30_000) });
      } catch (error) {
        if (forwards.get(key) === opening) forwards.delete(key);
        opening?.then(({ close }) => {
          close();
        }, ignore);
        if (Date.now() > deadline) throw error;
        await sleep(POLL_MS);
      }
    }
  }

  async function waitUntilHealthy(timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const pending: typeof noticed = [];
      for (const happened of noticed) if (!(await happened())) pending.push(happened);
      noticed = pending;
      const problems = pending.length > 0 ? ['a killed part has not ended yet'] : await unwell();
      if (problems.length === 0) return;
      if (Date.now() > deadline) throw new Error(problems.join('; '));
      await sleep(POLL_MS);
    }
  }

  return {
    podsOf,
    call,
    waitUntilHealthy,
    restart: async (timeoutMs) => {
      const parts = 'app.kubernetes.io/part-of=todo';
      await kubectl(['delete', 'pods', '-n', namespace, '-l', parts]);
      if (databaseNamespace !== namespace) {
        const database = 'app.kubernetes.io/name=postgresql';
        await kubectl(['delete', 'pods', '-n', databaseNamespace, '-l', database]);
      }
      await waitUntilHealthy(timeoutMs);
    },
    logs: (service) => {
      const app = `app.kubernetes.io/name=${CHARTS[service]}`;
      return kubectl(['logs', '-n', namespace, '-l', app, '-c', 'app', '--tail=-1']);
    },
    secret: async (key) => {
      const text = await kubectl(['get', 'secret', 'todo-secrets', '-n', namespace, '-o', 'json']);
      const { data } = JSON.parse(text) as { data: Record<string, string> };
      return Buffer.from(data[key] ?? '', 'base64').toString();
    },
    kill: async (victim) => {
      switch (victim.kind) {
        case 'service':
          await killPod(CHARTS[victim.service]);
          break;
        case 'sidecar':
          await killContainer(CHARTS[victim.service], 'daprd');
          break;
        case 'component':
          await killContainer(CHARTS[victim.service], 'pubsub-postgresql');
          break;
        // Never a pod deleted by force: its successor could write to the volume while the old one still does.
        case 'broker':
          await killContainer('redpanda', 'redpanda');
          break;
        case 'database':
          await killContainer('postgresql', 'postgresql', databaseNamespace);
          break;
      }
    },
  };
}

/** Every container of a pod, sidecars included. */
export function containersOf(
  status: Pod['status'],
): (ContainerStatus & { containerID?: string })[] {
  return [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
}

function rolledOut({ metadata, spec, status }: Workload): boolean {
  return (
    status.observedGeneration === metadata.generation &&
    (status.readyReplicas ?? 0) === spec.replicas &&
    (status.updatedReplicas ?? 0) === spec.replicas
  );
}

function ignore(): void {
  // a forward that never opened has nothing to close
}
