// A throw-away cluster for one run: k3s in a container, and a registry of its own that the images get in by. Each run has
// its own, under names of its own, so several at once don't meet; nothing is left when the run ends.
import { dag, CacheVolume, Container, Secret, Service } from '@dagger.io/dagger';
import { explain } from './failure.ts';
import type { PublishedImage } from './reference.ts';
import { K3S_REPOSITORY, NODE, REGISTRY, SKOPEO } from './versions.ts';

/** A running cluster. */
export interface EphemeralCluster {
  /** The run's name. */
  readonly run: string;
  readonly server: Service;
  readonly registry: Service;
  /** Reaches it from a container bound to `server` as `k3s`. */
  readonly kubeconfig: Secret;
  /** Host and port the cluster's nodes pull from. */
  readonly registryHost: string;
}

/** Where k3s keeps images and data. */
const STATE = '/var/lib/rancher';
const LOG = `${STATE}/k3s.log`;
/** Lines of the cluster's own log that are kept of a failure. */
const LOG_LINES = 2_000;
const REGISTRY_HOST = 'registry:5000';
/** How long the cluster may take until its node is ready, in seconds. */
const READY_SECONDS = 180;
/** Lines of the cluster's own log that a failed start shows. */
const SHOWN_LINES = 40;

/**
 * k3s is made to be process 1 and sets up its cgroups only then; here something else is. On cgroup v2 a group that holds
 * processes can't hand controllers down, so they move first. On v1 the kubelet needs a flag to start at all, since
 * Kubernetes 1.35 [kubelet --help: fail-cgroupv1, default true].
 */
const START = `#!/bin/sh
set -eu
groups=/sys/fs/cgroup
if [ -f "$groups/cgroup.controllers" ]; then
  mkdir -p "$groups/main"
  while read -r process; do
    echo "$process" > "$groups/main/cgroup.procs" 2> /dev/null || true
  done < "$groups/cgroup.procs"
  for controller in $(cat "$groups/cgroup.controllers"); do
    echo "+$controller" > "$groups/cgroup.subtree_control" 2> /dev/null || true
  done
else
  set -- "$@" --kubelet-arg=fail-cgroupv1=false
fi
# its log is long and seldom wanted: kept beside its data, shown when it ends by itself
code=0
k3s "$@" > ${LOG} 2>&1 || code=$?
echo "k3s ended, exit code $code. The end of its log:" >&2
tail -n 100 ${LOG} >&2 || cat ${LOG} >&2
exit "$code"
`;

/** The cluster pulls from the run's own registry over plain HTTP; every other name goes where it always goes. */
const MIRRORS = `mirrors:
  "${REGISTRY_HOST}":
    endpoint:
      - "http://${REGISTRY_HOST}"
`;

/**
 * Starts a registry and a cluster that pulls from it.
 * @param run the run's name; part of every service's definition, so that no two runs share one.
 * @param version as k3s tags it: `v1.36.2-k3s1`.
 */
export async function startCluster(run: string, version: string): Promise<EphemeralCluster> {
  const token = crypto.randomUUID();
  const registry = dag
    .container()
    .from(REGISTRY)
    .withEnvVariable('RUN', run)
    .withExposedPort(5000)
    .asService({ useEntrypoint: true });
  const server = dag
    .container()
    .from(`${K3S_REPOSITORY}:${version}`)
    .withNewFile('/usr/local/bin/start-cluster', START, { permissions: 0o755 })
    .withNewFile('/etc/rancher/k3s/registries.yaml', MIRRORS)
    .withMountedSecret(
      '/run/secrets/tokens.csv',
      dag.setSecret(`cluster-token-${run}`, `${token},admin,admin,"system:masters"\n`),
    )
    .withMountedTemp('/var/lib/kubelet')
    .withMountedTemp('/var/log')
    .withMountedTemp('/run/k3s')
    // not on an overlay: containerd's own can't lie on one. A volume of this run's own: 0.21 makes whoever asks for a
    // private one wait until nobody else uses it
    .withMountedCache(STATE, volumeOf(run))
    .withEnvVariable('RUN', run)
    .withServiceBinding('registry', registry)
    .withExposedPort(6443)
    .asService({
      args: [
        '/usr/local/bin/start-cluster',
        'server',
        '--node-name=todo',
        '--tls-san=k3s',
        '--disable=traefik',
        '--disable=metrics-server',
        '--disable=servicelb',
        '--egress-selector-mode=disabled',
        // an engine's disk may well be over 85 % full: for that the kubelet removes images, its own pause image among them,
        // and then evicts pods. A cluster of some minutes needs neither.
        '--kubelet-arg=image-gc-high-threshold=100',
        '--kubelet-arg=eviction-hard=imagefs.available<1%,nodefs.available<1%',
        '--kube-apiserver-arg=token-auth-file=/run/secrets/tokens.csv',
      ],
      insecureRootCapabilities: true,
    });
  try {
    await registry.start();
    await server.start();
  } catch (error) {
    await stopCluster({ run, server, registry });
    throw explain(
      'start the cluster',
      error,
      'k3s needs an engine that allows privileged containers.',
    );
  }
  return {
    run,
    server,
    registry,
    registryHost: REGISTRY_HOST,
    kubeconfig: dag.setSecret(`cluster-kubeconfig-${run}`, kubeconfigFor(token)),
  };
}

/**
 * Stops what {@link startCluster} started; stopping it twice is not an error. Its disk is emptied by a later run, beside its
 * builds ({@link emptyOldDisks}): that takes half a minute, which nobody should wait for at the end of this one.
 */
export async function stopCluster(
  cluster: Pick<EphemeralCluster, 'run' | 'server' | 'registry'>,
): Promise<void> {
  for (const service of [cluster.server, cluster.registry]) {
    await service.stop({ kill: true }).catch(() => undefined);
  }
  await noted(cluster.run, `mv "$1" "$1.done" 2> /dev/null || touch "$1.done"`);
}

/**
 * Empties the disks of clusters that are stopped, and of those that nobody stopped, since a run lasts no {@link OLD_HOURS} hours.
 * An engine that lives for one run has none.
 * @param run this run's name; its own disk is noted, so that it is found if the run is killed.
 */
export async function emptyOldDisks(run: string): Promise<void> {
  const listed = await noted(
    run,
    `touch "$1"; cd ${NOTES}
find . -name '*.done' -o -type f -mmin +${String(OLD_HOURS * 60)}`,
  );
  const names = listed
    .split('\n')
    .flatMap((line) => /^\.\/([\w-]+)(\.done)?$/.exec(line)?.[1] ?? []);
  await Promise.all(
    [...new Set(names)].map(async (name) => {
      await notes(run)
        .withMountedCache(STATE, volumeOf(name))
        .withExec([
          ...[
            'sh',
            '-c',
            `find ${STATE} -mindepth 1 -delete; rm -f "${NOTES}/$1" "${NOTES}/$1.done"`,
          ],
          ...['empty', name],
        ])
        .sync()
        .catch(() => undefined);
    }),
  );
}

/** The end of the cluster's own log. */
export async function clusterLog(run: string): Promise<string> {
  return await dag
    .container()
    .from(NODE)
    .withMountedCache(STATE, volumeOf(run))
    .withEnvVariable('CALL', `${run}-log-${String(Date.now())}`)
    .withExec(['tail', '-n', String(LOG_LINES), LOG])
    .stdout()
    .catch(() => 'the cluster left no log\n');
}

/** Runs of this engine whose disks are not emptied yet: a file each, with `.done` at its end once the cluster is stopped. */
const NOTES = '/clusters';
const OLD_HOURS = 12;

function notes(run: string): Container {
  return dag
    .container()
    .from(NODE)
    .withMountedCache(NOTES, dag.cacheVolume('todo-clusters'))
    .withEnvVariable('CALL', `${run}-${String(Date.now())}`);
}

/** Runs a script with this run's note as its first argument. A failure costs disk, and no proof. */
async function noted(run: string, script: string): Promise<string> {
  return await notes(run)
    .withExec(['sh', '-c', script, 'note', `${NOTES}/${run}`])
    .stdout()
    .catch(() => '');
}

function volumeOf(run: string): CacheVolume {
  return dag.cacheVolume(`todo-cluster-${run}`);
}

/**
 * Waits until the node is ready and DNS and volumes are there, since an open port is not a ready cluster.
 * @param tools a container with kubectl, bound to the cluster.
 */
export async function waitForCluster(tools: Container, run: string): Promise<void> {
  const script = `end=$(( $(date +%s) + ${String(READY_SECONDS)} ))
while [ "$(date +%s)" -lt "$end" ]; do
  if kubectl get nodes > /tmp/nodes 2>&1 && grep -q ' Ready' /tmp/nodes \\
    && kubectl --namespace kube-system rollout status deployment/coredns --timeout=60s > /tmp/dns 2>&1 \\
    && kubectl --namespace kube-system rollout status deployment/local-path-provisioner --timeout=60s > /tmp/volumes 2>&1; then exit 0; fi
  sleep 1
done
echo 'waited ${String(READY_SECONDS)} s for the node, its DNS and its volumes to be ready' >&2
cat /tmp/nodes /tmp/dns /tmp/volumes >&2
kubectl --namespace kube-system get pods >&2
exit 1`;
  try {
    await tools.withEnvVariable('CALL', `${run}-ready`).withExec(['sh', '-c', script]).sync();
  } catch (error) {
    const log = (await clusterLog(run)).trimEnd().split('\n').slice(-SHOWN_LINES);
    throw explain('start the cluster', error, ['--- k3s, the end of its log', ...log].join('\n'));
  }
}

/** Pushes an image into the cluster's registry and gives its reference, with digest. */
export async function loadImage(
  cluster: EphemeralCluster,
  { name, container }: { readonly name: string; readonly container: Container },
  tag: string,
): Promise<PublishedImage> {
  const repository = `${cluster.registryHost}/todo/${name}`;
  try {
    const file = await dag
      .container()
      .from(SKOPEO)
      .withServiceBinding('registry', cluster.registry)
      .withMountedTemp('/var/tmp')
      .withMountedFile('/in/image.tar', container.asTarball())
      .withExec(
        [
          'copy',
          '--dest-tls-verify=false',
          '--digestfile=/digest',
          'oci-archive:/in/image.tar',
          `docker://${repository}:${tag}`,
        ],
        { useEntrypoint: true },
      )
      .file('/digest')
      .contents();
    const digest = file.trim();
    return { name, reference: `${repository}:${tag}@${digest}`, digest };
  } catch (error) {
    throw explain(`load ${name} into the cluster`, error);
  }
}

/** The certificate is created for each cluster and nobody outside reaches it; the token is what protects it. */
function kubeconfigFor(token: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'k3s',
    clusters: [
      { name: 'k3s', cluster: { server: 'https://k3s:6443', 'insecure-skip-tls-verify': true } },
    ],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'k3s', context: { cluster: 'k3s', user: 'admin' } }],
  });
}
