// Hooks for a release in a cluster, through kubectl:
//
//   E2E_HOOKS=e2e/targets/kubernetes.ts E2E_BASE_URL=http://… npm run test:e2e
//
//   E2E_NAMESPACE           where the release is (default: todo)
//   E2E_VICTIMS             `none`: nothing is killed, nor restarted
//   E2E_RESTART             `yes`: every pod is restarted all the same
//   E2E_DATABASE_NAMESPACE  where its database runs, if that is a pod of the cluster too (default: E2E_NAMESPACE)
//
// Single containers can be killed where the cluster's node is this machine and we are root (k3s, kind, minikube's docker
// driver): their processes are found by the container's id in /proc. Elsewhere only whole pods are victims.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Hooks } from './hooks.ts';
import { kubectl, processesOf } from './kubectl.ts';
import { CHARTS, containersOf, releaseIn } from './release.ts';

const DAPR_HTTP_PORT = 3500;

const APP_PORT = 8080;

const POLL_MS = 200;

/** How long a restart of everything may take, ms: Kubernetes waits longer after each failed start. */
const RESTARTED_WITHIN_MS = 180_000;

/**
 * Waits until a request from outside gets through to the backend. A ready pod is not reachable yet: its address gets into the
 * Service's rules a moment later, on each node.
 * @param deadline in ms since the epoch
 * @throws with the last answer, after the deadline
 */
async function reachable(deadline: number): Promise<void> {
  const url = `${process.env['E2E_BASE_URL'] ?? ''}/docs/json`;
  for (;;) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) }).then(
      async (response) => ({
        ok: response.ok,
        text: `${response.status} ${await response.text()}`,
      }),
      (error: unknown) => ({ ok: false, text: String(error) }),
    );
    if (answer.ok) return;
    if (Date.now() > deadline) throw new Error(`${url} after the restart: ${answer.text}`);
    await sleep(POLL_MS);
  }
}

/**
 * Hooks for the release that the environment names.
 * @public imported by the name in E2E_HOOKS
 * @throws when it is not there
 */
export default async function kubernetesHooks(): Promise<Hooks> {
  const namespace = process.env['E2E_NAMESPACE'] ?? 'todo';
  const databaseNamespace = process.env['E2E_DATABASE_NAMESPACE'] ?? namespace;
  const release = releaseIn(namespace, databaseNamespace);
  const backend = (await release.podsOf(CHARTS.backend))[0];
  if (backend === undefined) throw new Error(`no release in namespace ${namespace}`);
  const containers = containersOf(backend.status);
  const here = containers.some(({ containerID = '' }) => processesOf(containerID).length > 0);
  const has = async (name: string, where: string): Promise<boolean> => {
    const found = await kubectl([
      'get',
      'sts',
      name,
      '-n',
      where,
      '--ignore-not-found',
      '-o',
      'name',
    ]);
    return found !== '';
  };
  const event = (token: string, body: unknown): RequestInit => ({
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents+json', 'dapr-api-token': token },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return {
    kill: release.kill,
    waitUntilHealthy: release.waitUntilHealthy,
    restart: async () => {
      const deadline = Date.now() + RESTARTED_WITHIN_MS;
      await release.restart(RESTARTED_WITHIN_MS);
      await reachable(deadline);
    },
    logs: release.logs,
    victims:
      process.env['E2E_VICTIMS'] === 'none'
        ? []
        : [
            'service',
            ...(here ? (['sidecar'] as const) : []),
            ...(here && containers.some(({ name }) => name === 'pubsub-postgresql')
              ? (['component'] as const)
              : []),
            ...(here && (await has('postgresql', databaseNamespace))
              ? (['database'] as const)
              : []),
            ...(here && (await has('redpanda', namespace)) ? (['broker'] as const) : []),
          ],
    publish: async (topic, body) => {
      const path = `/v1.0/publish/pubsub/${topic}`;
      const init = event(await release.secret('dapr-api-token'), body);
      const { status } = await release.call('backend', DAPR_HTTP_PORT, path, init);
      if (status >= 300) throw new Error(`publishing to ${topic}: daprd answered ${status}`);
    },
    deliver: async (service, topic, body) => {
      const init = event(await release.secret('app-api-token'), body);
      const response = await release.call(service, APP_PORT, `/events/${topic}`, init);
      return { status: response.status, body: await response.json() };
    },
  };
}
