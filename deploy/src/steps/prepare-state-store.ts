// Makes the place of Dapr's state in the database, from inside the cluster, with the backend's image of this release. Before the
// components are applied: running sidecars load a changed component at once, and Dapr makes tables but no schema.
// usage: prepare-state-store.ts --namespace NS --image REF --timeout SECONDS [--pull-secret NAME]…
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { get, kubectl, program, say, until } from './cluster.ts';

/** Keys of the Secret that the program reads, each as a mounted file. */
const KEYS = { DATABASE_URL_FILE: 'database-url', DATABASE_DIRECT_URL_FILE: 'database-direct-url' };

interface Pod {
  status: {
    phase: string;
    containerStatuses?: { state?: { waiting?: { reason: string; message?: string } } }[];
  };
}

function pod(name: string, image: string, pullSecrets: readonly string[]): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      labels: {
        'app.kubernetes.io/name': 'todo-state-store',
        // the in-cluster database lets nobody else in
        'app.kubernetes.io/part-of': 'todo',
      },
    },
    spec: {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      imagePullSecrets: pullSecrets.map((secret) => ({ name: secret })),
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65532,
        runAsGroup: 65532,
        fsGroup: 65532,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          name: 'prepare',
          image,
          command: ['node', '/app/dist/prepare-state-store.js'],
          env: Object.entries(KEYS).map(([variable, key]) => ({
            name: variable,
            value: `/secrets/${key}`,
          })),
          resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '192Mi' } },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          volumeMounts: [{ name: 'secrets', mountPath: '/secrets', readOnly: true }],
        },
      ],
      volumes: [
        {
          name: 'secrets',
          secret: {
            secretName: 'todo-secrets',
            defaultMode: 0o440,
            items: Object.values(KEYS).map((key) => ({ key, path: key })),
          },
        },
      ],
    },
  };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      namespace: { type: 'string', default: 'todo' },
      image: { type: 'string', default: '' },
      timeout: { type: 'string', default: '180' },
      'pull-secret': { type: 'string', multiple: true, default: [] },
    },
  });
  const name = `todo-state-store-${randomBytes(4).toString('hex')}`;
  const inNamespace = ['--namespace', values.namespace];
  kubectl(
    ['create', ...inNamespace, '-f', '-'],
    JSON.stringify(pod(name, values.image, values['pull-secret'])),
  );
  try {
    let waiting = '';
    const phase = await until(Number(values.timeout), () => {
      const status = get<Pod>(['pod', name, ...inNamespace])?.status;
      const reason = status?.containerStatuses?.[0]?.state?.waiting;
      waiting = reason === undefined ? '' : `${reason.reason} ${reason.message ?? ''}`;
      if (/ImagePullBackOff|ErrImagePull|InvalidImageName/.test(waiting)) return 'NoImage';
      return status?.phase === 'Succeeded' || status?.phase === 'Failed' ? status.phase : undefined;
    });
    if (phase === 'NoImage') {
      throw new Error(`cannot pull the image ${values.image}: ${waiting}`);
    }
    const words = waiting || kubectl(['logs', name, ...inNamespace]).trim();
    if (phase !== 'Succeeded') {
      throw new Error(`could not prepare the state store: ${words || 'timed out'}`);
    }
    say(movedIn(words));
  } finally {
    kubectl(['delete', 'pod', name, ...inNamespace, '--wait=false', '--ignore-not-found']);
  }
}

/** What the program's log says it moved, in words. */
export function movedIn(log: string): string {
  const moved = /"moved":(\d+)/.exec(log)?.[1];
  return moved === undefined ? 'nothing to move' : `moved ${moved} rows of an earlier version`;
}

if (import.meta.main) await program(main);
