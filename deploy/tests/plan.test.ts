// The plan is data: it is compared with a golden copy for each environment.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { imagesFromPrefix, parseImages, planFromOptions, splitImage } from '../src/plan/plan.ts';

const ROOT = resolve(import.meta.dirname, '../..');
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
    const ids = plan().steps.map(({ id }) => id);
    const order = [
      'check-secrets',
      'lock',
      'recover',
      'record',
      'dapr',
      'injection',
      'redpanda',
      'secrets',
      'state-store',
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
    const { steps } = plan({ withoutAudit: true });
    expect(steps.some(({ id }) => id === 'audit-service')).toBe(false);
    expect(steps.some(({ id }) => id === 'without-audit')).toBe(true);
    for (const id of ['todo-backend', 'todo-frontend']) {
      expect(steps.find((step) => step.id === id)!.stdin).toContain('"AUDIT_ENABLED": false');
    }
  });

  test('the access policy names the namespace of the release', () => {
    const components = plan({ namespace: 'elsewhere' }).steps.find(
      ({ id }) => id === 'components',
    )!;
    expect(components.stdin).toContain('namespace: elsewhere');
    expect(components.stdin).not.toContain('namespace: todo\n');
  });

  test.each(['3806521', '58467965', '0474915', '1234e10', '1.10'])(
    'D01: tag %s reaches the chart as that string',
    (tag) => {
      const backend = plan({ images: `registry.example/todo:${tag}` }).steps.find(
        ({ id }) => id === 'todo-backend',
      )!;
      const values = JSON.parse(backend.stdin!) as { image: { tag: unknown } };
      expect(values.image.tag).toBe(tag);
    },
  );

  test('everything wrong with the options is said at once', () => {
    expect(() => plan({ env: 'cloud', namespace: 'No', images: 'x', values: ['nope'] })).toThrow(
      /--namespace No[\s\S]*--public-url[\s\S]*--values nope[\s\S]*--images/,
    );
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

  test('a file that lacks some names them', () => {
    expect(() => parseImages('i.json', () => '{"backend":"a/b:1","x":"y"}')).toThrow(
      /web is missing.*x is not an image/,
    );
  });
});

test('plan.ts needs nothing but what Node brings', () => {
  const imports = readFileSync(resolve(ROOT, 'deploy/src/plan/plan.ts'), 'utf8').matchAll(
    /from '([^']+)'/g,
  );
  expect([...imports].map(([, name]) => name).filter((name) => !name!.startsWith('node:'))).toEqual(
    [],
  );
});
