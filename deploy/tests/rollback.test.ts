// What a rollback that a person asks for takes back, and that it meets no deploy.
import { describe, expect, test } from 'vitest';
import { rollbackPlan } from '../src/plan/rollback.ts';
import { CHARTS } from '../src/plan/services.ts';

const plan = (charts: string[]) =>
  rollbackPlan({
    ...{ namespace: 'team', holder: 'me', charts, timeoutSeconds: 100, lockWaitSeconds: 10 },
  });
const commandOf = (charts: string[]) => plan(charts).changes.at(-1)?.argv.join(' ');

describe('a rollback', () => {
  test('takes every chart and Dapr’s manifests back', () => {
    expect(commandOf([])).toBe(
      `node deploy/src/steps/previous.ts --manifests --namespace team --timeout 100 ${CHARTS.join(' ')}`,
    );
  });
  test('of some charts leaves the others and the manifests as they are', () => {
    expect(commandOf(['todo-frontend', 'todo-backend'])).toBe(
      'node deploy/src/steps/previous.ts --namespace team --timeout 100 todo-backend todo-frontend',
    );
  });
  test('holds the lock that deploys take, from the first step to the end', () => {
    const { acquire, renew, release } = plan([]).lock;
    for (const { argv } of [acquire, renew, release]) {
      expect(argv.join(' ')).toMatch(
        /^node deploy\/src\/steps\/lock\.ts \w+ --namespace team --holder me/,
      );
    }
  });
  test('asks before it takes the lock whether there is a way back', () => {
    expect(plan([]).preflight.map(({ argv }) => argv.slice(1, 3))).toEqual([
      ['deploy/src/steps/previous.ts', '--check'],
    ]);
  });
});
