// One version of each outside program: planted disagreements are found where they are, and only there.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { copyRepository, type RepositoryCopy } from './repository-copy.ts';

let copy: RepositoryCopy;
beforeAll(() => {
  copy = copyRepository();
}, 240_000);
afterAll(() => {
  copy.remove();
});

test('the repository names one version of each', async () => {
  expect(await copy.script('check:versions')).toEqual({ code: 0, output: 'versions: ok\n' });
});

test.each([
  ['Dagger', 'docs/planted.md', 'Install Dagger 0.20.0 first.\n'],
  [
    'Dagger',
    '.github/workflows/planted.yml',
    `steps:\n  - uses: dagger/dagger-for-github@27b1 # v8\n    with:\n      version: v0.21.1\n`,
  ],
  ['Dapr', 'local/src/planted.ts', `export const DAPR_VERSION = '1.17.0';\n`],
  ['Dapr', 'docs/planted.md', 'dapr init --slim --runtime-version 1.18.9\n'],
  ['Dapr', 'charts/planted.yaml', 'image: ghcr.io/dapr/daprd:1.16.1\n'],
  ['Node', 'Dockerfile.planted', 'FROM node:22-bookworm-slim\n'],
  ['Node', 'planted.yaml', 'image: node:24.0.1\n'],
  ['Helm', 'docs/planted.md', 'Use Helm 3.19.2.\n'],
  ['Helm', 'planted.yaml', 'image: alpine/helm:4.1.0\n'],
  ['Kubernetes', 'planted.ts', `const image = 'rancher/k3s:v1.30.1-k3s1';\n`],
  ['Kubernetes', 'docs/planted.md', 'kubectl 1.31 or newer\n'],
  ['Kafka', 'docs/planted.md', 'Apache Kafka 3.9.0\n'],
  ['Redpanda', 'planted.yaml', 'image: docker.redpanda.com/redpandadata/redpanda:v25.1.1\n'],
  ['zizmor', 'planted.sh', 'uvx zizmor@1.0.0\n'],
])('another version of %s in %s is refused', async (program, path, content) => {
  copy.write(path, content);
  const { code, output } = await copy.script('check:versions');
  copy.restore(path);
  expect(code).toBe(1);
  expect(output.split('\n').filter((line) => line.includes(' says '))).toHaveLength(1);
  expect(output).toMatch(
    new RegExp(`^${path}:\\d+: ${program} [\\d.]+, but \\S+ says [\\d.]+$`, 'm'),
  );
});

test('two versions of one npm package, and a home that names none', async () => {
  copy.write('e2e/package.json', '{ "name": "@todo/e2e", "dependencies": { "zod": "4.0.0" } }\n');
  copy.write('deploy/manifests/redpanda.yaml', 'kind: StatefulSet\n');
  copy.write('.nvmrc', '22\n');
  const { code, output } = await copy.script('check:versions');
  for (const path of ['e2e/package.json', 'deploy/manifests/redpanda.yaml', '.nvmrc'])
    copy.restore(path);
  expect(code).toBe(1);
  expect(output).toMatch(/zod 4\.0\.0, but|asks for 4\.0\.0/);
  expect(output).toContain('deploy/manifests/redpanda.yaml: has no version of Redpanda');
  expect(output).toContain('.nvmrc: Node 22');
});
