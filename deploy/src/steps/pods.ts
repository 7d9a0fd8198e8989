// What kubectl says of pods, as far as the step programs read it.
import { get, kubectl, say } from './cluster.ts';

export interface ContainerState {
  waiting?: { reason: string; message?: string };
  terminated?: { reason: string; exitCode: number; message?: string };
  running?: object;
}

export interface ContainerStatus {
  name: string;
  image: string;
  ready: boolean;
  restartCount: number;
  started?: boolean;
  state: ContainerState;
  lastState?: ContainerState;
}

export interface Pod {
  metadata: { name: string; deletionTimestamp?: string; creationTimestamp: string };
  spec: {
    containers: { name: string; image: string }[];
    initContainers?: { name: string; image: string }[];
  };
  status: {
    phase: string;
    conditions?: { type: string; status: string; reason?: string; message?: string }[];
    containerStatuses?: ContainerStatus[];
    initContainerStatuses?: ContainerStatus[];
  };
}

/** The pods of one chart that are not on their way out. */
export function podsOf(namespace: string, chart: string): Pod[] {
  const pods = get<{ items: Pod[] }>([
    'pods',
    '--namespace',
    namespace,
    '--selector',
    `app.kubernetes.io/name=${chart}`,
  ]);
  return (pods?.items ?? []).filter((pod) => pod.metadata.deletionTimestamp === undefined);
}

/**
 * Replaces those pods that have no sidecar: made while Dapr's injector was away, they would stay so for ever, and
 * never be ready.
 * @returns their names
 */
export function replaceWithoutSidecar(namespace: string, pods: readonly Pod[]): string[] {
  const without = pods.filter((pod) => !hasSidecar(pod));
  return without.map(({ metadata: { name } }) => {
    say(`${name} has no sidecar: replacing it`);
    kubectl(['delete', 'pod', name, '--namespace', namespace, '--wait=false']);
    return name;
  });
}

function hasSidecar(pod: Pod): boolean {
  return [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].some(
    ({ name }) => name === 'daprd',
  );
}

export function isReady(pod: Pod): boolean {
  return (
    pod.status.conditions?.some((one) => one.type === 'Ready' && one.status === 'True') === true
  );
}
