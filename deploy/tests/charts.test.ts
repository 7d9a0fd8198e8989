// The charts as helm renders them: golden copies for both environments, and what must hold in each.
// Needs helm in PATH; without it these tests are skipped and say so.
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { CHARTS } from '../src/plan.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const present = spawnSync('helm', ['version', '--short']).status === 0;
if (!present) console.log('SKIPPED, charts: no helm in PATH');

interface Container {
  name: string;
  image: string;
  resources: { requests: { cpu: string; memory: string } };
  securityContext: object;
}
interface Manifest {
  kind: string;
  metadata: { name: string };
  data?: Record<string, string>;
  spec?: {
    template?: {
      metadata: { annotations: Record<string, string> };
      spec: { containers: Container[]; initContainers?: Container[] };
    };
  };
}

function helm(chart: string, args: string[], stdin = '') {
  return spawnSync('helm', ['template', chart, `charts/${chart}`, '--namespace', 'todo', ...args], {
    cwd: ROOT,
    input: stdin,
    encoding: 'utf8',
  });
}
function render(chart: string, args: string[], stdin = ''): string {
  const result = helm(chart, args, stdin);
  expect(result.status, result.stderr).toBe(0);
  return result.stdout;
}
const objects = (text: string) =>
  parseAllDocuments(text).map((document) => document.toJS() as Manifest);
const environment = (chart: string, name: string) => [
  '--values',
  `charts/${chart}/values-${name}.yaml`,
];
const pod = (manifests: Manifest[]) =>
  manifests.find(({ kind }) => kind === 'Deployment')!.spec!.template!;

describe.skipIf(!present)('charts', () => {
  for (const chart of CHARTS) {
    test.each(['local', 'cloud'])(`${chart} in environment %s is the golden one`, async (name) => {
      await expect(render(chart, environment(chart, name))).toMatchFileSnapshot(
        `golden/${chart}-${name}.yaml`,
      );
    });

    test(`${chart}: environments differ in pub/sub and exposure only`, () => {
      const kinds = (name: string) =>
        objects(render(chart, environment(chart, name))).map(({ kind }) => kind);
      expect(kinds('cloud')).toEqual(kinds('local'));
    });
  }

  test('the component runs beside the sidecar only with pubsub.postgresql', () => {
    const of = (name: string) =>
      pod(objects(render('audit-service', environment('audit-service', name)))).spec.initContainers;
    expect(of('local')).toBeUndefined();
    expect(of('cloud')!.map(({ name }) => name)).toEqual(['pubsub-postgresql']);
  });

  test.each(['3806521', '58467965', '0474915', '1234e10', '1.10'])(
    'D01: tag %s is kept or refused, never changed',
    (tag) => {
      const image = (text: string) => pod(objects(text)).spec.containers[0]!.image;
      expect(image(render('todo-backend', ['--set', `image.tag=${tag}`]))).toBe(
        `todo/backend:${tag}`,
      );
      expect(image(render('todo-backend', ['--values', '-'], `image: {tag: '${tag}'}`))).toBe(
        `todo/backend:${tag}`,
      );
      const unquoted = helm('todo-backend', ['--values', '-'], `image: {tag: ${tag}}`);
      expect(unquoted.status).not.toBe(0);
      expect(unquoted.stderr).toMatch(/image\.tag.*quote it/);
    },
  );

  test('D02: numbers and booleans arrive as they are written, empty ones not at all', () => {
    const values = `env: {A: 1048576, B: 21600000, C: true, D: "false", E: off, F: "", G: null}`;
    const { data } = objects(render('todo-backend', ['--values', '-'], values)).find(
      ({ kind }) => kind === 'ConfigMap',
    )!;
    expect(data).toMatchObject({ A: '1048576', B: '21600000', C: 'true', D: 'false', E: 'false' });
    expect(Object.keys(data!)).not.toContain('F');
    expect(Object.keys(data!)).not.toContain('G');
  });

  test.each([
    ['bogus=1', 'bogus'],
    ['replicas=many', 'replicas'],
    ['dapr.enabled=perhaps', 'enabled'],
  ])('--set %s is refused by name', (set, name) => {
    const result = helm('todo-backend', ['--set', set]);
    expect(result.status).not.toBe(0);
    expect(result.stderr).toContain(name);
  });

  test('a disruption budget comes with the second replica', () => {
    const kinds = (replicas: number) =>
      objects(render('todo-backend', ['--set', `replicas=${replicas}`])).map(({ kind }) => kind);
    expect(kinds(1)).not.toContain('PodDisruptionBudget');
    expect(kinds(2)).toContain('PodDisruptionBudget');
  });

  test('the cloud asks for at most 1350m and 3.4 GiB, Dapr and its sidecars included', () => {
    const milli = (cpu: string) => (cpu.endsWith('m') ? parseInt(cpu, 10) : Number(cpu) * 1000);
    const mebi = (memory: string) =>
      memory.endsWith('Gi') ? parseInt(memory, 10) * 1024 : parseInt(memory, 10);
    let cpu = 3 * 50; // operator, sentry, injector: see daprValues
    let memory = 3 * 96;
    for (const chart of CHARTS) {
      const { spec, metadata } = pod(objects(render(chart, environment(chart, 'cloud'))));
      for (const { resources } of [...spec.containers, ...(spec.initContainers ?? [])]) {
        cpu += milli(resources.requests.cpu);
        memory += mebi(resources.requests.memory);
      }
      const sidecar = metadata.annotations;
      cpu += milli(sidecar['dapr.io/sidecar-cpu-request'] ?? '0m');
      memory += mebi(sidecar['dapr.io/sidecar-memory-request'] ?? '0Mi');
    }
    console.log(`cloud requests: ${cpu}m CPU, ${memory} MiB`);
    expect(cpu).toBeLessThanOrEqual(1350);
    expect(memory).toBeLessThanOrEqual(3.4 * 1024);
  });
});
