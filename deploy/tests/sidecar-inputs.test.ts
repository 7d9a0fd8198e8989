// Which pods a change of Dapr's manifests or of a Secret's key restarts: those that use it, and no others.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { manifestPaths } from '../src/plan/contents.ts';
import { planFromOptions } from '../src/plan/options.ts';
import { stepsOf } from '../src/plan/plan.ts';
import { releasePlan } from '../src/plan/release.ts';
import { CHARTS, DAPR_VERSION, SERVICES } from '../src/plan/services.ts';
import { sidecarInputs } from '../src/plan/sidecar-inputs.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const DAPR_CHARTS = SERVICES.filter(({ dapr }) => dapr).map(({ chart }) => chart);

type Environment = 'local' | 'cloud';
interface ChartValues {
  readonly dapr?: {
    readonly manifestsChecksum: string;
    readonly secrets: { name: string; key: string }[];
  };
}

/** The values each chart gets of a plan, after a change of one of the repository's files. */
function valuesOf(
  environment: Environment,
  change: (path: string, text: string) => string = (_, text) => text,
): Record<string, ChartValues> {
  const images = Object.fromEntries(
    ['backend', 'notification', 'recurring', 'audit', 'pubsub-postgresql', 'web'].map((name) => [
      name,
      `r.example/${name}:1`,
    ]),
  ) as Parameters<typeof releasePlan>[0]['images'];
  const plan = releasePlan({
    ...{ environment, namespace: 'todo', images, publicUrl: 'https://todo.example', audit: true },
    ...{ database: 'external', imagePullSecrets: [], values: {}, holder: 'someone' },
    ...{ timeoutSeconds: 180, lockWaitSeconds: 600, databaseLogins: 'per-part' },
    dapr: { install: true, chart: 'x', version: DAPR_VERSION, namespace: 'dapr-system' },
    files: Object.fromEntries(
      manifestPaths(environment).map((path) => [
        path,
        change(path, readFileSync(resolve(ROOT, path), 'utf8')),
      ]),
    ),
  });
  return Object.fromEntries(
    stepsOf(plan)
      .filter(({ id }) => CHARTS.includes(id))
      .map(({ id, stdin }) => [id, JSON.parse(stdin!) as ChartValues]),
  );
}

/** The charts whose values differ. */
function restarted(
  environment: Environment,
  change: (path: string, text: string) => string,
): string[] {
  const before = valuesOf(environment);
  const after = valuesOf(environment, change);
  return CHARTS.filter((chart) => JSON.stringify(before[chart]) !== JSON.stringify(after[chart]));
}

/** Changes one file, and fails when there is nothing to change in it. */
function inFile(name: string, find: string | RegExp, replacement: string) {
  return (path: string, text: string) => {
    if (path !== `dapr/${name}`) return text;
    const changed = text.replace(find, replacement);
    expect(changed).not.toBe(text);
    return changed;
  };
}

describe.each(['local', 'cloud'] as const)('environment %s: a change restarts', (environment) => {
  test.each(DAPR_CHARTS)('of a subscription of %s: that one', (chart) => {
    const change = inFile(`subscriptions/${chart}.yaml`, /default: .*/, 'default: /elsewhere');
    expect(restarted(environment, change)).toEqual([chart]);
  });

  test('of the state store: those in its scopes', () => {
    const change = inFile('components/statestore.yaml', "value: '2'", "value: '3'");
    expect(restarted(environment, change)).toEqual(['todo-backend', 'notification-service']);
  });

  test('of a component’s scopes: whom they begin or end to include', () => {
    const without = inFile('components/statestore.yaml', '  - notification-service\n', '');
    expect(restarted(environment, without)).toEqual(['notification-service']);
    const more = inFile('components/statestore.yaml', /$/, '  - audit-service\n');
    expect(restarted(environment, more)).toEqual(['audit-service']);
  });

  test('of the pub/sub component, of resiliency and of what all share: all that have a sidecar', () => {
    const pubsub = environment === 'local' ? 'pubsub' : 'pubsub-cloud';
    for (const change of [
      inFile(`components/${pubsub}.yaml`, /value: (oldest|earliest)/, 'value: other'),
      inFile('resiliency.yaml', 'maxRetries: 24', 'maxRetries: 25'),
      inFile('configuration.yaml', "samplingRate: '1'", "samplingRate: '0'"),
    ]) {
      expect(restarted(environment, change)).toEqual(DAPR_CHARTS);
    }
  });

  test('of a comment, of an order, of an indentation: nobody', () => {
    expect(restarted(environment, (_, text) => `# another comment\n${text}`)).toEqual([]);
    const order = inFile('resiliency.yaml', /scopes:\n(.*\n)(.*\n)/, 'scopes:\n$2$1');
    expect(restarted(environment, order)).toEqual([]);
    const flow = inFile(
      'subscriptions/audit-service.yaml',
      /routes:\n +(.*)\n/,
      'routes: { $1 }\n',
    );
    expect(restarted(environment, flow)).toEqual([]);
  });
});

describe('what a sidecar takes from manifests', () => {
  const component = (name: string, more: string) =>
    `apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: ${name}\n${more}\n`;
  test('an object without scopes, or with none in them, is for everybody', () => {
    const base = component('a', 'scopes: [x]');
    for (const scopes of ['', 'scopes: []']) {
      const more = `${base}---\n${component('b', scopes)}`;
      for (const app of ['x', 'y']) {
        expect(sidecarInputs(more, app).checksum).not.toBe(sidecarInputs(base, app).checksum);
      }
    }
  });
  test('an object that goes, or has another kind, is a change', () => {
    const one = component('a', 'spec: {type: state.redis}');
    const both = `${one}---\n${component('b', 'spec: {type: state.redis}')}`;
    const other = one.replace('Component', 'HTTPEndpoint');
    const sums = [one, both, other].map((text) => sidecarInputs(text, 'x').checksum);
    expect(new Set(sums).size).toBe(3);
  });
  test('the secrets its components refer to, wherever it stands in them, and no others', () => {
    const manifests = [
      component('a', 'spec: {metadata: [{name: p, secretKeyRef: {name: kafka, key: password}}]}'),
      component('b', 'spec: {metadata: [{name: p, secretKeyRef: {name: alone}}]}\nscopes: [x]'),
      component('c', 'spec: {metadata: [{name: p, secretKeyRef: {name: s, key: k}}]}\nscopes: [y]'),
      component('d', 'spec: {deep: {metadata: [{secretKeyRef: {name: kafka, key: password}}]}}'),
      '# nothing\n',
    ].join('---\n');
    expect(sidecarInputs(manifests, 'x').secrets).toEqual([
      { name: 'alone', key: 'alone' },
      { name: 'kafka', key: 'password' },
    ]);
  });
  test('in the cloud: both addresses for all; on Kafka: the state store’s for those that have it', () => {
    const keys = (environment: Environment) =>
      Object.fromEntries(
        Object.entries(valuesOf(environment)).map(([chart, { dapr }]) => [
          chart,
          dapr?.secrets.map(({ name, key }) => `${name}/${key}`),
        ]),
      );
    const pubsub = ['todo-pubsub/database-direct-url', 'todo-pubsub/database-url'];
    expect(keys('cloud')).toEqual({
      'todo-backend': [...pubsub, 'todo-state/database-url'],
      'notification-service': [...pubsub, 'todo-state/database-url'],
      'recurring-service': pubsub,
      'audit-service': pubsub,
      'todo-frontend': undefined,
    });
    expect(keys('local')).toEqual({
      'todo-backend': ['todo-state/database-url'],
      'notification-service': ['todo-state/database-url'],
      'recurring-service': [],
      'audit-service': [],
      'todo-frontend': undefined,
    });
  });
});

const present = spawnSync('helm', ['version', '--short']).status === 0;

describe.skipIf(!present)('a changed key of the Secret', () => {
  /** As much of an API server as helm asks for while it renders: versions, kinds, the Secret, no autoscaler unless one is set. */
  let secrets: Record<string, Record<string, string>> = {};
  let autoscalers: object[] = [];
  const KINDS: Readonly<Record<string, readonly string[]>> = {
    v1: ['Secret', 'ConfigMap', 'Service', 'ServiceAccount'],
    'apps/v1': ['Deployment'],
    'autoscaling/v2': ['HorizontalPodAutoscaler'],
    'networking.k8s.io/v1': ['NetworkPolicy'],
    'rbac.authorization.k8s.io/v1': ['Role', 'RoleBinding'],
  };
  const resources = (groupVersion: string) => ({
    ...{ kind: 'APIResourceList', apiVersion: 'v1', groupVersion },
    resources: KINDS[groupVersion]!.map((kind) => ({
      ...{ kind, name: kind.toLowerCase().replace(/y$/, 'ie') + 's' },
      ...{ namespaced: true, verbs: ['get', 'list'] },
    })),
  });
  const answer = (path: string): object | undefined => {
    const secret = /^\/api\/v1\/namespaces\/todo\/secrets\/(.+)$/.exec(path)?.[1];
    if (secret !== undefined) {
      const data = secrets[secret];
      return data === undefined
        ? undefined
        : { apiVersion: 'v1', kind: 'Secret', metadata: { name: secret }, data };
    }
    const versions = Object.keys(KINDS).map((groupVersion) => ({
      groupVersion,
      version: groupVersion.split('/').at(-1)!,
    }));
    const groups = versions
      .filter(({ groupVersion }) => groupVersion !== 'v1')
      .map((version) => ({
        ...{ name: version.groupVersion.split('/')[0], versions: [version] },
        preferredVersion: version,
      }));
    const answers: Record<string, object> = {
      '/version': { major: '1', minor: '36', gitVersion: 'v1.36.0' },
      '/api': { kind: 'APIVersions', versions: ['v1'] },
      '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups },
      ...Object.fromEntries(
        versions.map(({ groupVersion }) => [
          `${groupVersion === 'v1' ? '/api' : '/apis'}/${groupVersion}`,
          resources(groupVersion),
        ]),
      ),
      '/apis/autoscaling/v2/namespaces/todo/horizontalpodautoscalers': {
        ...{ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscalerList' },
        items: autoscalers,
      },
    };
    return answers[path];
  };
  const server = createServer((request, response) => {
    const found = answer(new URL(request.url!, 'http://x').pathname);
    response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(
        found ?? {
          kind: 'Status',
          apiVersion: 'v1',
          status: 'Failure',
          reason: 'NotFound',
          code: 404,
        },
      ),
    );
  });
  beforeAll(async () => {
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  });
  afterAll(() => server.close());

  interface Deployment {
    kind: string;
    spec: { replicas?: number; template: { metadata: { annotations: Record<string, string> } } };
  }
  const deployment = async (chart: string, environment: Environment): Promise<Deployment> => {
    const { port } = server.address() as AddressInfo;
    const values = stepsOf(
      planFromOptions(
        {
          ...{ env: environment, images: 'r.example/todo:1', holder: 'someone' },
          publicUrl: 'https://todo.example',
        },
        ROOT,
      ),
    ).find(({ id }) => id === `values-${chart}`)!;
    const [program = '', ...args] = values.argv;
    const child = spawn(
      program,
      [
        ...args,
        '--dry-run=server',
        '--disable-openapi-validation',
        '--kube-apiserver',
        `http://127.0.0.1:${port}`,
      ],
      { cwd: ROOT, env: { ...process.env, KUBECONFIG: '/dev/null' } },
    );
    const ended = new Promise<number | null>((done) => child.once('close', done));
    child.stdin.end(values.stdin);
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    expect(await ended, stderr).toBe(0);
    return parseAllDocuments(stdout)
      .map((document) => document.toJS() as Deployment)
      .find(({ kind }) => kind === 'Deployment')!;
  };
  const checksum = async (chart: string, environment: Environment) =>
    (await deployment(chart, environment)).spec.template.metadata.annotations['checksum/secret'];

  const PARTS = ['backend', 'notification', 'recurring', 'audit', 'web'];
  const KEYS: Readonly<Record<string, readonly string[]>> = {
    'todo-secrets': [
      ...['database-url', 'database-direct-url', 'better-auth-secret', 'app-api-token'],
      ...['dapr-api-token', 'smtp-url', 'vapid-private-key', 'chat-api-key', 'oidc-providers'],
      ...PARTS.flatMap((part) => [`${part}-database-url`, `${part}-database-direct-url`]),
      'of-nobody',
    ],
    'todo-pubsub': ['database-url', 'database-direct-url'],
    'todo-state': ['database-url'],
  };
  const secretWith = (changed?: string) =>
    Object.fromEntries(
      Object.entries(KEYS).map(([name, keys]) => [
        name,
        Object.fromEntries(
          keys.map((key) => [
            key,
            Buffer.from(`${key}${`${name}/${key}` === changed ? '2' : ''}`).toString('base64'),
          ]),
        ),
      ]),
    );

  test.each([
    ['todo-secrets/better-auth-secret', ['todo-frontend']],
    ['todo-secrets/smtp-url', ['notification-service', 'todo-frontend']],
    ['todo-secrets/oidc-providers', ['todo-frontend']],
    ['todo-secrets/vapid-private-key', ['notification-service']],
    ['todo-secrets/chat-api-key', ['todo-backend']],
    ['todo-secrets/dapr-api-token', DAPR_CHARTS],
    ['todo-secrets/app-api-token', DAPR_CHARTS],
    ['todo-secrets/audit-database-url', ['audit-service']],
    ['todo-secrets/web-database-url', ['todo-frontend']],
    // the operator's: no pod of the system reads it
    ['todo-secrets/database-url', []],
    ['todo-pubsub/database-url', DAPR_CHARTS],
    ['todo-state/database-url', ['todo-backend', 'notification-service']],
    ['todo-secrets/of-nobody', []],
  ] as const)(
    '%s restarts %j',
    async (key, expected) => {
      secrets = secretWith();
      const before = await Promise.all(CHARTS.map((chart) => checksum(chart, 'cloud')));
      secrets = secretWith(key);
      const after = await Promise.all(CHARTS.map((chart) => checksum(chart, 'cloud')));
      expect(before.every((sum) => sum !== undefined)).toBe(true);
      expect(CHARTS.filter((_, index) => before[index] !== after[index])).toEqual(expected);
    },
    60_000,
  );

  test('without the Secret there is no checksum', async () => {
    secrets = {};
    expect(await checksum('todo-backend', 'cloud')).toBeUndefined();
  });

  test('the number of pods is left to a HorizontalPodAutoscaler of this Deployment, and of no other', async () => {
    const scales = (kind: string, name: string) => ({
      ...{ metadata: { name: 'scaler' }, spec: { scaleTargetRef: { kind, name } } },
    });
    for (const [all, replicas] of [
      [[], 1],
      [[scales('Deployment', 'todo-frontend'), scales('StatefulSet', 'todo-backend')], 1],
      [[scales('Deployment', 'todo-frontend'), scales('Deployment', 'todo-backend')], undefined],
    ] as const) {
      autoscalers = [...all];
      expect((await deployment('todo-backend', 'cloud')).spec.replicas).toBe(replicas);
    }
    autoscalers = [];
  });
});
