// The plan is data: it is compared with a golden copy for each environment.
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { imagesFromPrefix, parseImages, splitImage } from '../src/plan/images.ts';
import { planFromOptions } from '../src/plan/options.ts';
import { stepsOf } from '../src/plan/plan.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const stepIn = (made: ReturnType<typeof plan>, id: string) =>
  stepsOf(made).find((step) => step.id === id)!;
const plan = (more: Partial<Parameters<typeof planFromOptions>[0]> = {}) =>
  planFromOptions(
    {
      env: 'local',
      images: 'registry.example/todo:1.4.0',
      holder: 'someone',
      ...more,
    },
    ROOT,
  );

describe('the release plan', () => {
  test.each(['local', 'cloud'] as const)('of environment %s is the golden one', async (env) => {
    const made = plan({ env, publicUrl: 'https://todo.example' });
    await expect(`${JSON.stringify(made, null, 2)}\n`).toMatchFileSnapshot(
      `golden/plan-${env}.json`,
    );
  });

  test('goes: lock, recovery, Dapr, broker, secrets, state store, components, services, proof', () => {
    const ids = stepsOf(plan()).map(({ id }) => id);
    const order = [
      'check-secrets',
      'lock',
      'recover',
      'record',
      'dapr',
      'injection',
      'redpanda',
      'secrets',
      'prepare-database',
      'components',
      'todo-backend',
      'notification-service',
      'recurring-service',
      'audit-service',
      'todo-frontend',
      'healthy',
      'event',
    ];
    expect(ids.filter((id) => order.includes(id))).toEqual(order);
  });

  test('same input, same plan', () => {
    expect(plan()).toEqual(plan());
  });

  test('without audit removes it and tells backend and web', () => {
    const steps = stepsOf(plan({ withoutAudit: true }));
    expect(steps.some(({ id }) => id === 'audit-service')).toBe(false);
    expect(steps.some(({ id }) => id === 'without-audit')).toBe(true);
    for (const id of ['todo-backend', 'todo-frontend']) {
      expect(steps.find((step) => step.id === id)!.stdin).toContain('"AUDIT_ENABLED": false');
    }
  });

  test('the access policy names the namespace of the release', () => {
    const components = stepIn(plan({ namespace: 'elsewhere' }), 'components');
    expect(components.stdin).toContain('namespace: elsewhere');
    expect(components.stdin).not.toContain('namespace: todo\n');
  });

  test.each(['3806521', '58467965', '0474915', '1234e10', '1.10'])(
    'D01: tag %s reaches the chart as that string',
    (tag) => {
      const backend = stepIn(plan({ images: `registry.example/todo:${tag}` }), 'todo-backend');
      const values = JSON.parse(backend.stdin!) as { image: { tag: unknown } };
      expect(values.image.tag).toBe(tag);
    },
  );

  test('everything wrong with the options is said at once', () => {
    const wrong = {
      ...{
        env: 'cloud',
        namespace: 'No',
        images: 'x',
        values: ['nope', 'todo-backend=missing.yaml'],
      },
      ...{
        database: 'here',
        expose: 'nodeport',
        timeout: 'soon',
        lockWait: '0',
        pullSecret: ['A b'],
      },
    };
    expect(() => plan(wrong)).toThrow(
      /^deploy: 10 arguments are missing or wrong\. Nothing was done\./,
    );
    for (const argument of [
      '--namespace No: expected at most 63 lower-case letters',
      '--public-url is missing',
      '--values nope: expected CHART=FILE',
      '--values todo-backend=missing.yaml: no such file',
      '--images: image "x": give a tag',
      '--database here: expected in-cluster, external',
      '--expose nodeport: expected ClusterIP, NodePort, LoadBalancer',
      '--timeout soon: expected a whole number',
      '--lock-wait 0: expected a whole number',
      '--pull-secret "A b": expected lower-case letters',
    ])
      expect(() => plan(wrong)).toThrow(argument);
  });

  test.each([
    [{ env: undefined, images: undefined }, /--env is missing[\s\S]*--images is missing/],
    [{ env: 'prod', namespace: '-a' }, /--env prod: expected local, cloud[\s\S]*--namespace -a/],
    [{ publicUrl: 'https://todo.example/path' }, /--public-url .*without a path/],
    [{ publicUrl: 'https://user:pw@todo.example' }, /--public-url/],
    [{ images: 'there-is-none.json' }, /--images: there-is-none.json: no such file/],
  ])('%j', (wrong, message) => {
    expect(() => plan(wrong)).toThrow(message);
  });
});

describe('image references', () => {
  test('a port is not a tag', () => {
    expect(splitImage('127.0.0.1:5000/todo/backend:1')).toEqual({
      repository: '127.0.0.1:5000/todo/backend',
      tag: '1',
      digest: '',
    });
    expect(() => splitImage('127.0.0.1:5000/todo/backend')).toThrow('give a tag');
  });

  test('one prefix and tag is six images', () => {
    expect(imagesFromPrefix('r.example/p:2')).toMatchObject({
      web: 'r.example/p/web:2',
      'pubsub-postgresql': 'r.example/p/pubsub-postgresql:2',
    });
  });

  test.each([
    ['ghcr.io/MyOrg/todo:1.0', 'a name has no capitals; in lower case it is ghcr.io/myorg/todo'],
    ['GHCR.io/ann/todo:1', 'a name has no capitals; in lower case it is ghcr.io/ann/todo'],
    [
      'Registry.example:5000/A/b:1',
      'a name has no capitals; in lower case it is registry.example:5000/a/b',
    ],
    [
      `r.example/A@sha256:${'a'.repeat(64)}`,
      'a name has no capitals; in lower case it is r.example/a',
    ],
    [`r.example/a@sha256:${'A'.repeat(64)}`, 'a digest has no capitals'],
    [`r.example/a@SHA256:${'a'.repeat(64)}`, 'a digest has no capitals'],
  ])('N50: capitals are named as such: %s', (reference, message) => {
    expect(() => splitImage(reference)).toThrow(`image ${JSON.stringify(reference)}: ${message}`);
  });

  test.each([
    ['r.example/a b:1'],
    ['r.example//a:1'],
    ['/a:1'],
    ['https://r.example/a:1'],
    ['a:b:1'],
    ['r.example/a:1@x@y'],
  ])('refuses %s', (reference) => {
    expect(() => splitImage(reference)).toThrow(/^image /);
  });

  test.each([['r.example/a:V1.0-RC'], ['localhost:5000/a_b/c-d.e:1'], ['a--b/c__d:1']])(
    'takes %s',
    (reference) => {
      expect(splitImage(reference).tag).toBe(reference.split(':').at(-1));
    },
  );

  test('N50: in a file, each malformed one is named with its part', () => {
    const file = JSON.stringify({
      ...{
        backend: 'r.example/Backend:1',
        notification: 'r.example/n',
        recurring: 'r.example/r:1',
      },
      ...{ audit: 'r.example/a:1', 'pubsub-postgresql': 'r.example/p:!', web: 'r.example/w:1' },
    });
    expect(() => parseImages('i.json', () => file)).toThrow(
      /backend: .*no capitals.*notification: .*give a tag.*pubsub-postgresql: .*not a/,
    );
  });

  test('one image for every part is refused', () => {
    const parts = ['backend', 'notification', 'recurring', 'audit', 'pubsub-postgresql', 'web'];
    const file = JSON.stringify(Object.fromEntries(parts.map((part) => [part, 'nginx:1'])));
    expect(() => parseImages('i.json', () => file)).toThrow(/every part is "nginx:1"/);
  });

  test('what is no JSON says so in a line', () => {
    expect(() => parseImages('i.json', () => '{')).toThrow(/^i\.json: not JSON$/);
    expect(() => parseImages('i.json', () => '[]')).toThrow(/expected an object/);
  });

  test('a file that lacks some names them', () => {
    expect(() => parseImages('i.json', () => '{"backend":"a/b:1","x":"y"}')).toThrow(
      /web is missing.*x is not an image/,
    );
  });
});

test('what makes a plan needs nothing but Node and a parser of YAML', () => {
  const folder = resolve(ROOT, 'deploy/src/plan');
  const imports = readdirSync(folder).flatMap((file) => [
    ...readFileSync(resolve(folder, file), 'utf8').matchAll(/ from '([^']+)'/g),
  ]);
  expect(imports.length).toBeGreaterThan(10);
  const outside = imports.map(([, name]) => name!).filter((name) => !/^(node:|\.\/)/.test(name));
  expect(new Set(outside)).toEqual(new Set(['../system.ts', 'yaml']));
  expect(readFileSync(resolve(ROOT, 'deploy/src/system.ts'), 'utf8')).not.toMatch(/^import /m);
});
