// For some seconds after its roll-out Dapr's injector lets pods pass without a sidecar, and its webhook
// ignores failures: such a pod looks healthy and gets no event, ever. So before the first service goes
// in, a pod is made the way Deployments make theirs, by a ReplicaSet, and looked at. It is gated: it never
// runs and pulls no image. Then pods of an earlier deploy that were passed over are replaced: helm would wait
// for them in vain.
// usage: prove-injection.ts --namespace NS CHART…
import { parseArgs } from 'node:util';
import { get, kubectl, program, say, until } from './cluster.ts';
import { podsOf, replaceWithoutSidecar } from './pods.ts';

const NAME = 'todo-injection-probe';
const SECONDS = 100;

interface Pods {
  items: { spec: { containers: { name: string }[]; initContainers?: { name: string }[] } }[];
}

interface ReplicaSet {
  status?: { conditions?: { type: string; message: string }[] };
}

function probe(): object {
  const labels = { 'app.kubernetes.io/name': NAME };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: NAME, labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: {
          labels,
          annotations: {
            'dapr.io/enabled': 'true',
            'dapr.io/app-id': NAME,
            'dapr.io/enable-native-sidecar': 'true',
            'dapr.io/sidecar-seccomp-profile-type': 'RuntimeDefault',
          },
        },
        spec: {
          schedulingGates: [{ name: 'todo-release/never-runs' }],
          automountServiceAccountToken: false,
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [
            {
              name: 'none',
              image: 'none',
              securityContext: {
                allowPrivilegeEscalation: false,
                capabilities: { drop: ['ALL'] },
              },
            },
          ],
        },
      },
    },
  };
}

async function main(): Promise<void> {
  const { values, positionals: charts } = parseArgs({
    allowPositionals: true,
    options: { namespace: { type: 'string', default: 'todo' } },
  });
  const inNamespace = ['--namespace', values.namespace];
  const remove = () =>
    kubectl(['delete', 'replicaset', NAME, ...inNamespace, '--ignore-not-found', '--wait=false']);
  let tries = 0;
  let refusal = '';
  const proved = await until(SECONDS, async () => {
    tries++;
    kubectl(['create', ...inNamespace, '-f', '-'], JSON.stringify(probe()));
    try {
      const containers = await until(
        5,
        () => {
          const pods = get<Pods>([
            'pods',
            ...inNamespace,
            '--selector',
            `app.kubernetes.io/name=${NAME}`,
          ]);
          const pod = pods?.items[0];
          if (pod !== undefined) {
            return [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
          }
          refusal =
            get<ReplicaSet>(['replicaset', NAME, ...inNamespace])?.status?.conditions?.find(
              ({ type }) => type === 'ReplicaFailure',
            )?.message ?? '';
          return undefined;
        },
        300,
      );
      return containers?.some(({ name }) => name === 'daprd') === true ? true : undefined;
    } finally {
      remove();
      kubectl([
        'wait',
        'pods',
        ...inNamespace,
        '--selector',
        `app.kubernetes.io/name=${NAME}`,
        '--for=delete',
        '--timeout=20s',
      ]);
      kubectl(['wait', `replicaset/${NAME}`, ...inNamespace, '--for=delete', '--timeout=20s']);
    }
  });
  if (proved === undefined) {
    throw new Error(
      refusal === ''
        ? `no pod got a sidecar within ${SECONDS} s: check that dapr-sidecar-injector is running`
        : `the cluster rejects pods with a sidecar: ${refusal}\nInstall Dapr with dapr_sidecar_injector.sidecarDropALLCapabilities=true`,
    );
  }
  if (tries > 1) say(`after ${tries} tries`);
  for (const chart of charts)
    replaceWithoutSidecar(values.namespace, podsOf(values.namespace, chart));
}

if (import.meta.main) await program(main);
