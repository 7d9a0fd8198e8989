// Whether the database answers where it will be asked from: inside the cluster. A pod that never sees the
// password connects to host and port and asks, in PostgreSQL's protocol, whether it speaks TLS; only a
// PostgreSQL answers that. A wrong password shows later, in the backend's roll-out.
// usage: check-database.ts --namespace NS --image REF [--pull-secret NAME]…
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { get, kubectl, program, say, until } from './cluster.ts';
import { readGiven, readSecret, settle } from './secrets.ts';

/** Runs in the pod: three tries, as a database that sleeps takes some seconds to wake up. */
const ASK = `
const net = require('node:net');
const [host, port] = process.argv.slice(1);
const ask = () => new Promise((resolve, reject) => {
  const socket = net.connect({ host, port, timeout: 8000 });
  socket.on('connect', () => socket.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])));
  socket.on('data', (data) => { socket.destroy(); 'SN'.includes(String.fromCharCode(data[0])) ? resolve() : reject(new Error('answers, but is not PostgreSQL')); });
  socket.on('timeout', () => { socket.destroy(); reject(new Error('no answer in 8 s')); });
  socket.on('close', () => reject(new Error('closed the connection without an answer')));
  socket.on('error', reject);
});
(async () => {
  for (let left = 3; ; left--) {
    try { return await ask(); } catch (error) { if (left === 1) { console.log(error.message); process.exit(1); } }
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
})();`;

interface Pod {
  status: {
    phase: string;
    containerStatuses?: { state?: { waiting?: { reason: string; message?: string } } }[];
  };
}

function pod(name: string, image: string, pullSecrets: string[], address: string[]): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { 'app.kubernetes.io/name': 'todo-database-check' } },
    spec: {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      imagePullSecrets: pullSecrets.map((secret) => ({ name: secret })),
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65532,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          name: 'check',
          image,
          command: ['node', '-e', ASK, ...address],
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
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
      'pull-secret': { type: 'string', multiple: true, default: [] },
    },
  });
  const addresses = settle(readGiven(process.env), readSecret(values.namespace, 'todo-secrets'));
  // Before the first deploy there is no namespace of ours, and none is made for a question.
  const namespace =
    get(['namespace', values.namespace]) === undefined ? 'default' : values.namespace;
  const asked = new Set<string>();
  for (const key of ['database-url', 'database-direct-url']) {
    const { hostname, port } = new URL(addresses[key] ?? '');
    const address = [hostname, port === '' ? '5432' : port];
    if (asked.has(address.join(':'))) continue;
    asked.add(address.join(':'));
    const name = `todo-database-check-${randomBytes(4).toString('hex')}`;
    const inNamespace = ['--namespace', namespace];
    kubectl(
      ['create', ...inNamespace, '-f', '-'],
      JSON.stringify(pod(name, values.image, values['pull-secret'], address)),
    );
    try {
      let waiting = '';
      const phase = await until(90, () => {
        const status = get<Pod>(['pod', name, ...inNamespace])?.status;
        const reason = status?.containerStatuses?.[0]?.state?.waiting;
        waiting = reason === undefined ? '' : `${reason.reason} ${reason.message ?? ''}`;
        if (/ImagePullBackOff|ErrImagePull|InvalidImageName/.test(waiting)) return 'NoImage';
        return status?.phase === 'Succeeded' || status?.phase === 'Failed'
          ? status.phase
          : undefined;
      });
      if (phase === 'Succeeded') continue;
      const why =
        phase === 'Failed'
          ? kubectl(['logs', name, ...inNamespace]).trim()
          : waiting || 'no answer';
      throw new Error(
        phase === 'NoImage'
          ? `cannot pull the image ${values.image}: ${why}`
          : `${key}: ${address.join(':')} is not reachable from the cluster: ${why}`,
      );
    } finally {
      kubectl(['delete', 'pod', name, ...inNamespace, '--wait=false', '--ignore-not-found']);
    }
  }
  say([...asked].join(', '));
}

if (import.meta.main) await program(main);
