// What somebody changed by hand: found, named with its manager, taken back; and no change that is none of ours.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { planFromOptions } from '../src/plan/options.ts';
import { stepsOf } from '../src/plan/plan.ts';
import { rollbackPlan } from '../src/plan/rollback.ts';
import { CHARTS } from '../src/plan/services.ts';
import { checkHelm } from '../src/steps/check-helm.ts';
import { differences, ownerOf, pathText } from '../src/steps/differences.ts';
import { describeDrift } from '../src/steps/drift.ts';
import type { Live } from '../src/steps/drift.ts';
import { fakeCluster, kubeconfig } from './fake-cluster.ts';
import type { FakeCluster } from './fake-cluster.ts';

const ROOT = resolve(import.meta.dirname, '../..');

const deployment = (spec: object, managedFields: object[] = []) =>
  ({
    kind: 'Deployment',
    metadata: { name: 'todo-backend', managedFields },
    spec,
  }) as Live;
const owns = (manager: string, fieldsV1: Record<string, unknown>, more: object = {}) => ({
  ...{ manager, operation: 'Update', fieldsV1 },
  ...more,
});

describe('what was changed by hand', () => {
  const template = (containers: object[]) => ({ template: { spec: { containers } } });
  const image = {
    'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"app"}': { 'f:image': {} } } } },
  };

  test('kubectl scale: the number, and by what', () => {
    const there = deployment({ replicas: 3 }, [
      owns('kubectl', { 'f:spec': { 'f:replicas': {} } }, { subresource: 'scale' }),
    ]);
    expect(describeDrift([there], [deployment({ replicas: 1 })], new Map())).toEqual([
      'Deployment/todo-backend: .spec.replicas was changed from 1 to 3 (by kubectl, scale)',
    ]);
  });

  test('kubectl set image, in a list that was reordered', () => {
    const there = template([
      { name: 'by-hand', image: 'x' },
      { name: 'app', image: 'r.example/other:1' },
    ]);
    const wanted = template([
      { name: 'app', image: 'r.example/backend:1' },
      { name: 'by-hand', image: 'x' },
    ]);
    expect(
      describeDrift(
        [deployment(there, [owns('kubectl-set', { 'f:spec': image })])],
        [deployment(wanted)],
        new Map(),
      ),
    ).toEqual([
      'Deployment/todo-backend: .spec.template.spec.containers[name="app"].image was changed from "r.example/backend:1" to "r.example/other:1" (by kubectl-set)',
    ]);
  });

  test('a text is not shown: it may be a password that somebody typed', () => {
    const of = (value: string) =>
      ({ kind: 'ConfigMap', metadata: { name: 'x' }, data: { A: value } }) as unknown as Live;
    const lines = describeDrift([of('hunter2')], [of('plain')], new Map());
    expect(lines).toEqual(['ConfigMap/x: .data.A was changed']);
  });

  test('what was deleted, and a field that was removed or added', () => {
    expect(describeDrift([], [deployment({})], new Map())).toEqual([
      'Deployment/todo-backend was deleted',
    ]);
    const labels = (value: object) =>
      ({ kind: 'Service', metadata: { name: 's', labels: value } }) as unknown as Live;
    expect(describeDrift([labels({})], [labels({ a: 'b' })], new Map())).toEqual([
      'Service/s: .metadata.labels.a was removed',
    ]);
    const paused = owns('kubectl-rollout', { 'f:spec': { 'f:paused': {} } });
    expect(
      describeDrift([deployment({ paused: true }, [paused])], [deployment({})], new Map()),
    ).toEqual(['Deployment/todo-backend: .spec.paused was changed to true (by kubectl-rollout)']);
  });

  test('what was added beside it is named and stays; marks of a restart are nothing', () => {
    const app = (fields: object) => ({
      'f:spec': { 'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"app"}': fields } } } },
    });
    const there = deployment({ replicas: 1 }, [
      owns('helm', app({ '.': {}, 'f:image': {} })),
      owns('kubectl-set', app({ 'f:env': { 'k:{"name":"A"}': { '.': {}, 'f:value': {} } } })),
      owns('kubectl-edit', app({ 'f:command': {}, 'f:image': {} })),
      owns('kubectl-rollout', {
        'f:spec': {
          'f:template': {
            'f:metadata': { 'f:annotations': { 'f:kubectl.kubernetes.io/restartedAt': {} } },
          },
        },
      }),
      owns('kube-controller-manager', { 'f:spec': { 'f:x': {} } }),
    ]);
    const container = '.spec.template.spec.containers[name="app"]';
    expect(describeDrift([there], [deployment({ replicas: 1 })], new Map())).toEqual([
      `Deployment/todo-backend: ${container}.env[name="A"] was added (by kubectl-set); the deploy keeps it`,
      `Deployment/todo-backend: ${container}.command was added (by kubectl-edit); the deploy keeps it`,
    ]);
  });

  test('a number of pods that an autoscaler decides is left to it', () => {
    const args = [[deployment({ replicas: 5 })], [deployment({ replicas: 1 })]] as const;
    expect(describeDrift(...args, new Map([['todo-backend', 'scaler']]))).toEqual([
      'Deployment/todo-backend: .spec.replicas is managed by HorizontalPodAutoscaler/scaler',
    ]);
    expect(describeDrift(...args, new Map([['todo-frontend', 'scaler']]))[0]).toMatch(
      /from 1 to 5/,
    );
  });

  test('nothing: what the server, the controllers and helm write', () => {
    const object = (number: number, annotations?: object) =>
      ({
        kind: 'Deployment',
        metadata: {
          ...{ name: 'x', generation: number, resourceVersion: `${number}` },
          ...(annotations === undefined ? {} : { annotations }),
        },
        status: { replicas: number },
        spec: { replicas: 1 },
      }) as unknown as Live;
    const written = {
      'meta.helm.sh/release-name': 'x',
      'deployment.kubernetes.io/revision': '7',
    };
    expect(describeDrift([object(1, written)], [object(2)], new Map())).toEqual([]);
  });
});

describe('a place in an object', () => {
  test('is written as kubectl writes it', () => {
    const ports = (port: number) => ({ ports: [{ containerPort: 8080, hostPort: port }] });
    expect(differences(ports(1), ports(2)).map(({ path }) => pathText(path))).toEqual([
      '.ports[containerPort=8080].hostPort',
    ]);
  });
  test('a list whose items have no name is compared as a whole', () => {
    expect(differences({ args: ['a', 'b'] }, { args: ['a'] })).toEqual([
      { path: ['args'], there: ['a', 'b'], deployed: ['a'] },
    ]);
  });
  test('belongs to who wrote it, or the whole above it', () => {
    const owners = [
      owns('one', { 'f:spec': { 'f:a': {} } }),
      owns('two', {
        'f:spec': { 'f:list': { 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:b': {} } } },
      }),
    ];
    expect(ownerOf(['spec', 'a', 'deep'], owners)?.manager).toBe('one');
    const item = { field: 'port', value: 80 };
    expect(ownerOf(['spec', 'list', item, 'b'], owners)?.manager).toBe('two');
    expect(ownerOf(['spec', 'list', { ...item, value: 81 }, 'b'], owners)).toBeUndefined();
    expect(ownerOf(['spec', 'c'], owners)).toBeUndefined();
  });
});

describe('no hand blocks a deploy', () => {
  const plan = () =>
    planFromOptions({ env: 'local', images: 'r.example/todo:1', holder: 'someone' }, ROOT);

  test('each chart takes its fields back, whoever made the release', () => {
    for (const chart of CHARTS) {
      const { argv } = stepsOf(plan()).find(({ id }) => id === chart)!;
      expect(argv).toContain('--force-conflicts');
      expect(argv).toContain('--server-side=true');
    }
  });

  test('what is taken back is said before anything is changed, and in a dry run', () => {
    const made = plan();
    expect(made.preparation.at(-1)!.argv).toContain('--hand-over');
    expect(made.drift!.argv).toEqual(
      expect.arrayContaining(['deploy/src/steps/drift.ts', ...CHARTS]),
    );
    expect(made.drift!.argv).not.toContain('--hand-over');
    const back = rollbackPlan({
      ...{ namespace: 'todo', charts: [], timeoutSeconds: 1, lockWaitSeconds: 1, holder: 'x' },
    });
    expect(back.drift).toBeDefined();
  });

  test.each(['v3.10.0+gce66412', 'v3.20.1', '3.18.4', 'v2.17.0'])(
    'helm %s is too old',
    (version) => {
      expect(() => {
        checkHelm(version);
      }).toThrow(/4 or newer is required/);
    },
  );
  test.each(['v4.0.0', 'v4.3.1+gabc', 'v10.0.0', 'main'])('helm %s will do', (version) => {
    expect(() => {
      checkHelm(version);
    }).not.toThrow();
  });
});

describe('the programs', () => {
  let cluster: FakeCluster;
  const answers = `(text) => {
    const revisions = [
      { revision: 1, status: 'superseded', updated: '2026-11-25T10:00:00Z', description: 'Install complete' },
      { revision: 2, status: 'deployed', updated: '2026-11-25T11:00:00Z', description: 'Upgrade complete' },
    ];
    const spec = (replicas, paused) => ({ replicas, ...(paused ? { paused } : {}) });
    const item = (replicas, managedFields) => JSON.stringify({ kind: 'Deployment',
      metadata: { name: 'todo-backend', managedFields }, spec: spec(replicas, true) });
    if (text.startsWith('helm history')) return { stdout: JSON.stringify(revisions) };
    if (text.startsWith('helm list')) return { stdout: JSON.stringify([{ name: 'todo-backend', revision: '2', status: 'deployed' }]) };
    if (text.startsWith('helm get manifest')) return { stdout: 'kind: Deployment' };
    if (text.startsWith('kubectl apply') && text.includes('dry-run')) return { stdout: item(1) };
    if (text.startsWith('kubectl get horizontalpodautoscalers')) return { stdout: AUTOSCALERS };
    if (text.startsWith('kubectl get deployment') || text.startsWith('kubectl get --ignore')) {
      return { stdout: item(4, [{ manager: 'helm', operation: 'Apply', fieldsV1: { 'f:spec': { 'f:replicas': {} } } }]) };
    }
    if (text.startsWith('kubectl get')) return { exitCode: 1, stderr: 'NotFound' };
    return undefined;
  }`;
  const AUTOSCALER = {
    metadata: { name: 'scaler' },
    spec: { scaleTargetRef: { kind: 'Deployment', name: 'todo-backend' } },
  };
  const withAutoscalers = (items: object[]) =>
    fakeCluster(answers.replace('AUTOSCALERS', JSON.stringify(JSON.stringify({ items }))));
  beforeEach(() => {
    cluster = withAutoscalers([AUTOSCALER]);
  });
  afterEach(() => {
    cluster.remove();
  });

  test('a roll-back takes back too, and resumes what was paused', async () => {
    const { code, output } = await cluster.run([
      ...['deploy/src/steps/previous.ts', '--namespace', 'todo', 'todo-backend'],
    ]);
    expect(code, output).toBe(0);
    const calls = cluster.calls();
    expect(calls).toContain('kubectl rollout resume deployment/todo-backend --namespace todo');
    expect(calls.at(-1)).toMatch(
      /^helm rollback todo-backend 1 .*--server-side=true --force-conflicts/,
    );
  });

  test('helm’s number of pods goes to another owner before helm leaves it out', async () => {
    const { code, output } = await cluster.run([
      ...['deploy/src/steps/drift.ts', '--hand-over', '--namespace', 'todo', 'todo-backend'],
    ]);
    expect(code, output).toBe(0);
    expect(output).toContain('is managed by HorizontalPodAutoscaler/scaler');
    expect(cluster.calls().at(-1)).toMatch(/^kubectl apply .*--field-manager todo-scale/);
  });

  test('without an autoscaler, or in a dry run, nothing is written', async () => {
    const drift = ['deploy/src/steps/drift.ts', '--namespace', 'todo', 'todo-backend'];
    await cluster.run(drift);
    const asked = cluster.calls();
    cluster.remove();
    cluster = withAutoscalers([]);
    await cluster.run([...drift, '--hand-over']);
    for (const call of [...asked, ...cluster.calls()]) {
      expect(call).toMatch(
        /^(helm (list|get|history)|kubectl get|kubectl apply .*--dry-run=server)/,
      );
    }
  });

  test('a dry run shows it where there is a cluster, and says why it can’t', async () => {
    const path = join(cluster.folder, 'config');
    writeFileSync(path, kubeconfig('here'));
    const deploy = [
      'deploy/src/commands/deploy.ts',
      '--env=local',
      '--images=r.example/todo:1',
      '--dry-run',
    ];
    const with_ = await cluster.run([...deploy, `--kubeconfig=${path}`]);
    expect(with_.output).toContain('Deployment/todo-backend: .spec.replicas is managed by');
    expect(with_.code).toBe(0);
    const without = await cluster.run([...deploy, '--kubeconfig=/no/such']);
    expect(without.output).toContain('not known: --kubeconfig /no/such: no such file');
    expect(without.code).toBe(0);
  });
});
