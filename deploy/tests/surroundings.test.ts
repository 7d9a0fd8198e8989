// What is made ready before there are images: nothing of it may need one, and a whole release repeats it.
import { describe, expect, test } from 'vitest';
import { planFromOptions } from '../src/plan/options.ts';
import type { PlanOptions } from '../src/plan/options.ts';
import { stepsOf } from '../src/plan/plan.ts';
import { surroundingsPlan } from '../src/plan/surroundings.ts';
import { ROOT } from '../src/run/command-line.ts';

const release = (options: Partial<PlanOptions> = {}) =>
  planFromOptions(
    {
      ...{ env: 'local', images: 'r.example/canary:1', publicUrl: 'https://todo.example' },
      ...{ holder: 'me', ...options },
    },
    ROOT,
  );
const ids = (options: Partial<PlanOptions> = {}) =>
  stepsOf(surroundingsPlan(release(options))).map(({ id }) => id);

describe('what a release needs beside its services', () => {
  test('on a developer’s cluster: Dapr, broker and database', () => {
    expect(ids()).toEqual([
      ...['helm', 'cluster', 'namespace', 'lock', 'dapr', 'redpanda', 'redpanda-ready'],
      ...['database-secret', 'postgresql', 'postgresql-ready'],
    ]);
  });
  test('in the cloud: Dapr; a database where it is asked for', () => {
    expect(ids({ env: 'cloud' })).toEqual(['helm', 'cluster', 'namespace', 'lock', 'dapr']);
    expect(ids({ env: 'cloud', database: 'in-cluster' })).toContain('postgresql-ready');
    expect(ids({ withoutDapr: true })).not.toContain('dapr');
  });
  test('reads no image and no secret, and changes what the release does by the same commands', () => {
    const whole = release();
    const plan = surroundingsPlan(whole);
    expect(JSON.stringify(plan)).not.toContain('canary');
    expect(stepsOf(plan).flatMap(({ secrets }) => secrets ?? [])).toEqual([]);
    for (const step of stepsOf(plan)) expect(stepsOf(whole)).toContainEqual(step);
    expect(plan.rollBack).toBeUndefined();
  });
});
