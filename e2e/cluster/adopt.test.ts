// Somebody without this repository adopts the component: a namespace of their own under the restricted Pod Security level,
// `helm install`, a quickstart, an event. Beside Dapr's own injector, whichever of app and chart comes first; upgrade, removal,
// and the patch for clusters without admission policies.
//
// Needs a cluster with Dapr, and the component's image: ADOPT_IMAGE=registry/name:tag, else that of the releases under test.
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '@todo/local/free-port';
import { forward, kubectl } from '../targets/kubectl.ts';
import { helm, ROOT, underTest } from './variants.ts';

const SHOP = 'adopt-shop';
const BRANCH = 'adopt-branch';
const OTHER = 'adopt-other';
const CHART = join(ROOT, 'charts/pubsub-postgresql');
const QUICKSTARTS = join(ROOT, 'services/pubsub-postgresql/quickstarts');
const READY_MS = 120_000;
const hasPrometheus = spawnSync('prometheus', ['--version'], { stdio: 'ignore' }).status === 0;
if (!hasPrometheus) process.stderr.write('SKIPPED: a real Prometheus (apt install prometheus)\n');

const DATABASE = `
apiVersion: v1
kind: Service
metadata: { name: postgresql }
spec: { selector: { app: postgresql }, ports: [{ port: 5432 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: postgresql }
spec:
  selector: { matchLabels: { app: postgresql } }
  template:
    metadata: { labels: { app: postgresql } }
    spec:
      securityContext: { runAsNonRoot: true, runAsUser: 999, fsGroup: 999, seccompProfile: { type: RuntimeDefault } }
      containers:
        - name: postgresql
          image: postgres:18
          env: [{ name: POSTGRES_PASSWORD, value: postgres }, { name: PGDATA, value: /var/lib/postgresql/data }]
          readinessProbe: { tcpSocket: { port: 5432 }, periodSeconds: 1 }
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } }
          volumeMounts: [{ name: data, mountPath: /var/lib/postgresql }]
      volumes: [{ name: data, emptyDir: {} }]
`;

interface Container {
  name: string;
  image: string;
  env?: { name: string; value?: string; valueFrom?: object }[];
  securityContext?: Record<string, unknown>;
}
interface Pod {
  metadata: { name: string; annotations: Record<string, string>; deletionTimestamp?: string };
  spec: { initContainers?: Container[]; containers: Container[]; volumes: { name: string }[] };
  status: { podIP?: string; containerStatuses?: { name: string; ready: boolean }[] };
}

function imageUnderTest(): string {
  const given = process.env['ADOPT_IMAGE'];
  if (given) return given;
  const [prefix = '', tag = ''] = underTest().images.split(/:(?=[^:/]*$)/);
  return `${prefix}/pubsub-postgresql:${tag}`;
}
const IMAGE = imageUnderTest();
const [REPOSITORY = '', TAG = ''] = IMAGE.split(/:(?=[^:/]*$)/);

async function install(verb: 'install' | 'upgrade', ...values: string[]): Promise<string> {
  const all = [
    `image.repository=${REPOSITORY}`,
    `image.tag=${TAG}`,
    `database.connectionString=postgresql://postgres:postgres@postgresql.${SHOP}.svc:5432/postgres`,
    'component.settings.initialPosition=earliest',
    'cli.enabled=true',
    ...values,
  ];
  return helm(verb, 'pubsub', CHART, '-n', SHOP, ...all.flatMap((value) => ['--set', value]));
}

/** A pod as the API server would make it, policies and webhooks included. */
async function admitted(namespace: string, manifest: object): Promise<Pod> {
  const text = await kubectl(
    ['create', '-n', namespace, '--dry-run=server', '-o', 'json', '-f', '-'],
    JSON.stringify(manifest),
  );
  return JSON.parse(text) as Pod;
}

function pod(
  annotations: Record<string, string> = {},
  spec: object = {},
  labels: object = { 'pubsub-postgresql/inject': 'true' },
) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'example',
      labels,
      annotations: { 'dapr.io/enabled': 'true', 'dapr.io/app-id': 'example', ...annotations },
    },
    spec: {
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'app',
          image: 'node:24-bookworm-slim',
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        },
      ],
      ...spec,
    },
  };
}

function names(containers: Container[] | undefined): string[] {
  return (containers ?? []).map(({ name }) => name);
}

/** A policy takes effect some seconds after it was made. */
async function policyIs(active: boolean, namespace: string): Promise<void> {
  await expect
    .poll(
      async () =>
        names((await admitted(namespace, pod())).spec.initContainers).includes('pubsub-postgresql'),
      { timeout: 60_000, interval: 500 },
    )
    .toBe(active);
}

/** The one pod of the quickstart that is there to stay. */
async function quickstart(namespace = SHOP): Promise<Pod> {
  const list = JSON.parse(
    await kubectl(['get', 'pods', '-n', namespace, '-l', 'app=quickstart', '-o', 'json']),
  ) as { items: Pod[] };
  const [one, ...more] = list.items.filter(
    ({ metadata }) => metadata.deletionTimestamp === undefined,
  );
  if (!one || more.length > 0) throw new Error(`${list.items.length} pods of the quickstart`);
  return one;
}

async function delivered(namespace = SHOP): Promise<void> {
  await expect
    .poll(
      async () =>
        kubectl([
          'logs',
          '-n',
          namespace,
          (await quickstart(namespace)).metadata.name,
          '-c',
          'app',
        ]),
      {
        timeout: READY_MS,
        interval: 1_000,
      },
    )
    .toMatch(/got order \d+ from node/);
}

async function restart(namespace = SHOP): Promise<void> {
  await kubectl(['rollout', 'restart', '-n', namespace, 'deployment/quickstart']);
  await kubectl([
    'rollout',
    'status',
    '-n',
    namespace,
    'deployment/quickstart',
    `--timeout=${READY_MS}ms`,
  ]);
  await expect.poll(() => quickstart(namespace), { timeout: 60_000, interval: 500 }).toBeDefined();
}

async function startQuickstart(namespace: string): Promise<void> {
  await kubectl([
    'create',
    'configmap',
    'quickstart',
    '-n',
    namespace,
    `--from-file=${QUICKSTARTS}/node/app.mjs`,
  ]);
  await kubectl(['apply', '-n', namespace, '-f', join(QUICKSTARTS, 'kubernetes.yaml')]);
}

async function clean(): Promise<void> {
  await helm('uninstall', 'pubsub', '-n', SHOP, '--ignore-not-found', '--wait');
  await kubectl(['delete', 'namespace', SHOP, BRANCH, OTHER, '--ignore-not-found', '--wait=true']);
}

beforeAll(async () => {
  execFileSync('kubectl', ['get', 'crd', 'components.dapr.io'], { stdio: 'ignore' }); // Dapr is there
  await clean();
  for (const namespace of [SHOP, BRANCH, OTHER]) {
    await kubectl(['create', 'namespace', namespace]);
    await kubectl([
      'label',
      'namespace',
      namespace,
      'pod-security.kubernetes.io/enforce=restricted',
    ]);
  }
  await kubectl(['apply', '-n', SHOP, '-f', '-'], DATABASE);
  await kubectl(['rollout', 'status', '-n', SHOP, 'deployment/postgresql', '--timeout=120s']);
}, 300_000);
afterAll(clean, 300_000);

describe('the app first, the chart second', () => {
  test('a labelled pod without the chart runs as it is', async () => {
    await startQuickstart(SHOP);
    await kubectl(['rollout', 'status', '-n', SHOP, 'deployment/quickstart', '--timeout=120s']);
    expect(names((await quickstart()).spec.initContainers)).not.toContain('pubsub-postgresql');
  });

  test('after the installation and a restart, its event arrives', async () => {
    expect(await install('install')).toContain('pubsub-postgresql/inject');
    await policyIs(true, SHOP);
    await restart();
    expect(names((await quickstart()).spec.initContainers)[0]).toBe('pubsub-postgresql');
    await delivered();
  });
});

describe('the chart first, the app second', () => {
  test('the app gets its event at once', async () => {
    await kubectl([
      'delete',
      '-n',
      SHOP,
      'deployment/quickstart',
      'configmap/quickstart',
      '--wait=true',
    ]);
    await kubectl([
      'wait',
      '-n',
      SHOP,
      '--for=delete',
      'pod',
      '-l',
      'app=quickstart',
      '--timeout=60s',
    ]);
    await startQuickstart(SHOP);
    await delivered();
    const { spec, metadata } = await quickstart();
    expect(names(spec.containers)).toContain('daprd');
    expect(metadata.annotations['dapr.io/volume-mounts-rw']).toBe(
      'pubsub-postgresql-socket:/tmp/dapr-components-sockets',
    );
  });

  test('the tool for operators is there, and knows the group', async () => {
    await kubectl(['rollout', 'status', '-n', SHOP, 'deployment/pubsub-cli', '--timeout=120s']);
    const inCli = ['exec', '-n', SHOP, 'deploy/pubsub-cli', '--', 'pubsub-postgresql'];
    await kubectl([...inCli, 'drain', 'orders', '--timeout=30s']);
    const { lag } = JSON.parse(await kubectl([...inCli, 'lag', '--json'])) as { lag: object[] };
    expect(lag).toMatchObject([{ topic: 'orders', group: 'quickstart', unread: 0 }]);
  });
});

describe('what the policy adds', () => {
  test('before daprd, where that is a native sidecar too, and before the pod’s own init containers', async () => {
    const own = {
      name: 'own',
      image: 'node:24-bookworm-slim',
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    };
    const { spec } = await admitted(
      SHOP,
      pod({ 'dapr.io/enable-native-sidecar': 'true' }, { initContainers: [own] }),
    );
    expect(names(spec.initContainers)).toEqual(['pubsub-postgresql', 'own', 'daprd']);
  });

  test('annotations that are there stay', async () => {
    const { metadata } = await admitted(
      SHOP,
      pod(
        { 'dapr.io/volume-mounts-rw': 'cache:/cache', 'dapr.io/graceful-shutdown-seconds': '30' },
        { volumes: [{ name: 'cache', emptyDir: {} }] },
      ),
    );
    expect(metadata.annotations).toMatchObject({
      'dapr.io/volume-mounts-rw':
        'cache:/cache,pubsub-postgresql-socket:/tmp/dapr-components-sockets',
      'dapr.io/graceful-shutdown-seconds': '30',
    });
  });

  test('daprd’s API token, where the pod has one', async () => {
    const { spec } = await admitted(SHOP, pod({ 'dapr.io/api-token-secret': 'dapr-token' }));
    expect(spec.initContainers?.[0]?.env).toContainEqual({
      name: 'DAPR_API_TOKEN',
      valueFrom: { secretKeyRef: { name: 'dapr-token', key: 'token' } },
    });
  });

  test.each([
    ['the pod’s user', { runAsUser: 1000 }, undefined],
    ['the image’s own, which is daprd’s too', {}, 65532],
  ])('as user: %s', async (_, more, expected) => {
    const securityContext = {
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
      ...more,
    };
    const { spec } = await admitted(SHOP, pod({}, { securityContext }));
    expect(spec.initContainers?.[0]?.securityContext?.['runAsUser']).toBe(expected);
  });

  test.each([
    ['has no label', pod({}, {}, {})],
    ['has another value in the label', pod({}, {}, { 'pubsub-postgresql/inject': 'no' })],
  ])('nothing to a pod that %s', async (_, manifest) => {
    const { spec } = await admitted(SHOP, manifest);
    expect(names(spec.initContainers)).toEqual([]);
  });

  test('nothing to a pod that has the component already', async () => {
    const own = {
      name: 'pubsub-postgresql',
      image: 'example.com/own:1',
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    };
    const { spec } = await admitted(SHOP, pod({}, { initContainers: [own] }));
    expect(spec.initContainers).toMatchObject([{ image: 'example.com/own:1' }]);
  });

  test('and a pod needs no annotations for that', async () => {
    const { metadata, ...rest } = pod();
    const bare = { ...rest, metadata: { name: metadata.name, labels: metadata.labels } };
    expect(names((await admitted(SHOP, bare)).spec.initContainers)).toEqual(['pubsub-postgresql']);
  });
});

test.skipIf(!hasPrometheus)('a real Prometheus answers what the dashboard asks', async () => {
  const { address, close } = await forward(SHOP, (await quickstart()).metadata.name, 9465);
  const folder = mkdtempSync(join(tmpdir(), 'adopt-prometheus-'));
  let prometheus: ChildProcess | undefined;
  try {
    writeFileSync(
      join(folder, 'prometheus.yml'),
      `scrape_configs: [{ job_name: pods, scrape_interval: 1s, static_configs: [{ targets: ['${new URL(address).host}'] }] }]`,
    );
    const port = await freePort();
    const config = [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`];
    prometheus = spawn('prometheus', [...config, `--web.listen-address=127.0.0.1:${port}`], {
      stdio: 'ignore',
    });
    const dashboard = JSON.parse(
      await kubectl([
        'get',
        'configmap',
        'pubsub-dashboard',
        '-n',
        SHOP,
        '-o',
        `jsonpath={.data.pubsub-postgresql\\.json}`,
      ]),
    ) as { panels: { title: string; targets?: { expr: string }[] }[] };
    const expr = dashboard.panels.find(({ title }) => title === 'Unread')?.targets?.[0]?.expr ?? '';
    const query = encodeURIComponent(expr.replaceAll(/\$(namespace|component|topic|group)/g, '.*'));
    await expect
      .poll(
        async () => {
          const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${query}`).catch(
            () => undefined,
          );
          const body = (await answer?.json()) as
            { data?: { result: { value: [number, string] }[] } } | undefined;
          return body?.data?.result[0]?.value[1];
        },
        { timeout: 60_000, interval: 1_000 },
      )
      .toBe('0');
  } finally {
    prometheus?.kill('SIGKILL');
    close();
    rmSync(folder, { recursive: true, force: true });
  }
});

describe('upgrade', () => {
  test('running pods stay as they are; a restart brings the new version, and its events arrive', async () => {
    const before = await quickstart();
    await install(
      'upgrade',
      'injection.logLevel=debug',
      `injection.namespaces={${SHOP},${BRANCH}}`,
    );
    await policyIs(true, BRANCH);
    expect((await quickstart()).metadata.name).toBe(before.metadata.name);
    await restart();
    const env = (await quickstart()).spec.initContainers?.[0]?.env;
    expect(env).toContainEqual({ name: 'LOG_LEVEL', value: 'debug' });
    await delivered();
  });

  test('the namespaces that it names get it, others do not', async () => {
    for (const [namespace, expected] of [
      [SHOP, true],
      [BRANCH, true],
      [OTHER, false],
    ] as const)
      expect(
        names((await admitted(namespace, pod())).spec.initContainers).includes('pubsub-postgresql'),
      ).toBe(expected);
  });
});

describe('a cluster without admission policies', () => {
  test('the documented patch does the same', async () => {
    await install('upgrade', 'injection.enabled=false');
    await policyIs(false, SHOP);
    await kubectl([
      'delete',
      '-n',
      SHOP,
      'deployment/quickstart',
      'configmap/quickstart',
      '--wait=true',
    ]);
    await kubectl([
      'wait',
      '-n',
      SHOP,
      '--for=delete',
      'pod',
      '-l',
      'app=quickstart',
      '--timeout=60s',
    ]);
    await startQuickstart(SHOP);
    // The quickstart's pod has a user, as the file says.
    const patch = readFileSync(join(CHART, 'patch.yaml'), 'utf8')
      .replace('IMAGE', IMAGE)
      .replace(/^ +runAsUser: .*\n/m, '');
    await kubectl(['patch', '-n', SHOP, 'deployment/quickstart', '--patch', patch]);
    await kubectl(['rollout', 'status', '-n', SHOP, 'deployment/quickstart', '--timeout=120s']);
    await expect.poll(() => quickstart(), { timeout: 60_000, interval: 500 }).toBeDefined();
    expect(names((await quickstart()).spec.initContainers)).toEqual(['pubsub-postgresql']);
    await delivered();
  });
});

describe('removal', () => {
  test('leaves nothing of the chart, in the cluster or the namespace', async () => {
    await install('upgrade', 'injection.namespaces={*}');
    await policyIs(true, OTHER);
    await helm('uninstall', 'pubsub', '-n', SHOP, '--wait');
    await policyIs(false, OTHER);
    for (const kind of ['mutatingadmissionpolicies', 'mutatingadmissionpolicybindings'])
      expect(await kubectl(['get', kind, '-o', 'name'])).not.toContain(SHOP);
    const left = await kubectl([
      'get',
      'components.dapr.io,secrets,configmaps,deployments',
      '-n',
      SHOP,
      '-l',
      'app.kubernetes.io/instance=pubsub',
      '-o',
      'name',
    ]);
    expect(left.trim()).toBe('');
  });
});
