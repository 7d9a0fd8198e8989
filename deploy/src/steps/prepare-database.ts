// Prepares the database from inside the cluster, with the backend's image of this release and the operator's login: the place of
// Dapr's state, and a login for each part. Before the components are applied: running sidecars load a changed component at once,
// and Dapr makes tables but no schema. Then the parts' addresses go into their Secrets: each with its own login, or all with the
// operator's where that may make no others.
// usage: prepare-database.ts --namespace NS --image REF --timeout SECONDS [--logins per-part|one] [--pull-secret NAME]…
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { addressesOf, LOGINS, loginsToMake } from '../plan/database-logins.ts';
import type { Addresses, LoginName } from '../plan/database-logins.ts';
import { get, kubectl, program, say, until } from './cluster.ts';
import { LOGINS_SECRET, readSecret, SECRET, SIDECAR_SECRETS, write } from './secrets.ts';

/** Keys of the Secrets that the program reads, each as a mounted file. */
const KEYS = { DATABASE_URL_FILE: 'database-url', DATABASE_DIRECT_URL_FILE: 'database-direct-url' };
const LIST = { variable: 'LOGINS_TO_MAKE_FILE', key: 'logins' };

interface Pod {
  status: {
    phase: string;
    containerStatuses?: { state?: { waiting?: { reason: string; message?: string } } }[];
  };
}

function pod(
  name: string,
  image: string,
  pullSecrets: readonly string[],
  withLogins: boolean,
): object {
  const files = withLogins ? { ...KEYS, [LIST.variable]: LIST.key } : KEYS;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      labels: {
        'app.kubernetes.io/name': 'todo-prepare-database',
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
          command: ['node', '/app/dist/prepare-database.js'],
          env: Object.entries(files).map(([variable, key]) => ({
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
          projected: {
            defaultMode: 0o440,
            sources: [
              {
                secret: {
                  name: SECRET,
                  items: Object.values(KEYS).map((key) => ({ key, path: key })),
                },
              },
              ...(withLogins
                ? [{ secret: { name: LOGINS_SECRET, items: [{ key: LIST.key, path: LIST.key }] } }]
                : []),
            ],
          },
        },
      ],
    },
  };
}

/** What the pod's program logged. @throws Error with its words when it failed */
async function runPod(
  namespace: string,
  manifest: (name: string) => object,
  timeout: number,
): Promise<string> {
  const name = `todo-prepare-database-${randomBytes(4).toString('hex')}`;
  const inNamespace = ['--namespace', namespace];
  kubectl(['create', ...inNamespace, '-f', '-'], JSON.stringify(manifest(name)));
  try {
    let waiting = '';
    const phase = await until(timeout, () => {
      const status = get<Pod>(['pod', name, ...inNamespace])?.status;
      const reason = status?.containerStatuses?.[0]?.state?.waiting;
      waiting = reason === undefined ? '' : `${reason.reason} ${reason.message ?? ''}`;
      if (/ImagePullBackOff|ErrImagePull|InvalidImageName/.test(waiting)) return 'NoImage';
      return status?.phase === 'Succeeded' || status?.phase === 'Failed' ? status.phase : undefined;
    });
    if (phase === 'NoImage') throw new Error(`cannot pull the image: ${waiting}`);
    const words = waiting || kubectl(['logs', name, ...inNamespace]).trim();
    if (phase !== 'Succeeded')
      throw new Error(`could not prepare the database: ${words || 'timed out'}`);
    return words;
  } finally {
    kubectl(['delete', 'pod', name, ...inNamespace, '--wait=false', '--ignore-not-found']);
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      namespace: { type: 'string', default: 'todo' },
      image: { type: 'string', default: '' },
      timeout: { type: 'string', default: '180' },
      logins: { type: 'string', default: 'per-part' },
      'pull-secret': { type: 'string', multiple: true, default: [] },
    },
  });
  const { namespace } = values;
  const secrets = readSecret(namespace, SECRET);
  const operator = {
    url: secrets['database-url'] ?? '',
    directUrl: secrets['database-direct-url'] ?? '',
  };
  const wanted = values.logins !== 'one';
  const secret = wanted ? secretOfLogins(namespace, operator) : '';
  const log = await runPod(
    namespace,
    (name) => pod(name, values.image, values['pull-secret'], wanted),
    Number(values.timeout),
  );
  const used = loginsIn(log);
  giveAddresses(namespace, (login) =>
    used.perPart ? addressesOf(operator, login, secret) : operator,
  );
  say(`${movedIn(log)}; ${used.words}`);
}

/** What the logins' passwords come from, made once; the list of the logins goes beside it, for the pod. */
function secretOfLogins(namespace: string, operator: Addresses): string {
  const secret =
    readSecret(namespace, LOGINS_SECRET)['secret'] ?? randomBytes(32).toString('base64url');
  write(namespace, LOGINS_SECRET, {
    secret,
    [LIST.key]: JSON.stringify(loginsToMake(operator, secret)),
  });
  return secret;
}

/** Puts each part's addresses where it reads them: apps among the release's secrets, sidecars in a Secret of each component. */
function giveAddresses(namespace: string, of: (login: LoginName) => Addresses): void {
  const own: Record<string, string> = {};
  for (const { name } of LOGINS) {
    const { url, directUrl } = of(name);
    const sidecars = SIDECAR_SECRETS[name];
    if (sidecars !== undefined)
      write(namespace, sidecars, { 'database-url': url, 'database-direct-url': directUrl });
    else {
      own[`${name}-database-url`] = url;
      own[`${name}-database-direct-url`] = directUrl;
    }
  }
  write(namespace, SECRET, { ...readSecret(namespace, SECRET), ...own });
}

/** What the program's log says of the logins. */
export function loginsIn(log: string): { perPart: boolean; words: string } {
  if (log.includes('"logins":"one per part"'))
    return { perPart: true, words: 'each part has a database login of its own' };
  const why = /"why":("(?:[^"\\]|\\.)*")/.exec(log)?.[1];
  const reason = why === undefined ? '--database-logins=one' : (JSON.parse(why) as string);
  return { perPart: false, words: `all parts share one database login: ${reason}` };
}

/** What the program's log says it moved, in words. */
export function movedIn(log: string): string {
  const moved = /"moved":(\d+)/.exec(log)?.[1];
  return moved === undefined ? 'nothing to move' : `moved ${moved} rows of an earlier version`;
}

if (import.meta.main) await program(main);
