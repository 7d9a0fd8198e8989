// The report that a deploy hands back, against what deploy/ really writes: both sides are checked here.
import { describe, expect, test } from 'vitest';
import { play } from '../../deploy/tests/fake-machine.ts';
import { planFromOptions } from '../../deploy/src/plan/options.ts';
import { deployCommand } from '../src/deploy.ts';
import { duration, parsePlanReport, planFailure, renderReport } from '../src/report.ts';
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
const realPlan = () =>
  planFromOptions({ env: 'local', images: 'r.example/todo:1', holder: 'test' }, ROOT);

describe('what deploy/ writes', () => {
  test('is read as it is meant: all went well', async () => {
    const { report } = await play(realPlan(), () => undefined);
    const read = parsePlanReport(JSON.stringify(report));
    expect(read).toMatchObject({ ok: true, conclusion: '' });
    expect(read.steps.length).toBeGreaterThan(20);
    expect(planFailure(read)).toBeUndefined();
  });

  test('is read as it is meant: a step failed, and it was rolled back', async () => {
    const { report } = await play(realPlan(), (text) =>
      /helm upgrade .*notification/.test(text) ? { exitCode: 1, output: 'reason' } : undefined,
    );
    const failure = planFailure(parsePlanReport(JSON.stringify(report)));
    expect(failure).toMatch(
      /^Failed at: notification-service \(exit code 1\)\nreason\n[\s\S]*--- node deploy\/src\/steps\/diagnose[\s\S]*Rolled back:/,
    );
  });

  test('ends with what it left behind', async () => {
    const { report } = await play(realPlan(), (text) =>
      text.includes('secrets.ts check') ? { exitCode: 1 } : undefined,
    );
    const failure = planFailure(parsePlanReport(JSON.stringify(report)));
    expect(failure?.split('\n').at(-1)).toBe('No running service was changed.');
  });

  test.each(['{}', '{"format":2,"steps":[],"conclusion":""}', '{"format":1,"steps":[]}'])(
    'refuses what is no report: %s',
    (text) => {
      expect(() => parsePlanReport(text)).toThrow(/does not support/);
    },
  );
});

test('deploy/ understands the command line that the module makes', () => {
  const [, ...argv] = deployCommand(
    {
      ...{ env: 'cloud', releaseNamespace: 'team', publicUrl: 'https://todo.example' },
      ...{ tls: 'ingress', clusterIssuer: 'letsencrypt', databaseLogins: 'one' },
      ...{ withoutAudit: true, database: 'in-cluster', expose: 'NodePort', pullSecret: ['a', 'b'] },
      values: { 'todo-frontend': 'package.json', 'todo-backend': 'package.json' },
    },
    'run-1',
  );
  const images = argv.map((one) => (one === '/run/images.json' ? 'r.example/todo:1' : one));
  const { stdout, stderr } = spawnSync(process.execPath, [...images, '--dry-run', '--json'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  const plan = JSON.parse(stdout) as ReturnType<typeof realPlan>;
  expect(plan).toMatchObject({ environment: 'cloud', namespace: 'team' });
  expect(plan.lock.acquire.argv).toContain('dagger run-1');
  expect(plan.changes.map(({ id }) => id)).toContain('without-audit');
  expect(JSON.stringify(plan.changes)).toContain('package.json');
});

describe('the report', () => {
  test('has versions, each step with its duration, notes and the reason of a failure', () => {
    const text = renderReport({
      title: 'test-integration 1',
      facts: { run: '1', kubernetes: 'v1.36' },
      sections: [
        { title: 'kafka', steps: [{ title: 'Dapr', ms: 65_000, ok: true }], notes: ['p99 120 ms'] },
        {
          title: 'postgresql',
          steps: [{ title: 'suite', ms: 12, ok: false }],
          notes: [],
          ms: 125_000,
          failure: 'Failed at: suite',
        },
      ],
    });
    expect(text.split('\n')[0]).toBe('test-integration 1: FAILED');
    expect(text).toContain('kubernetes  v1.36');
    expect(text).toContain('kafka: passed in 1 min 05 s');
    expect(text).toContain('postgresql: FAILED in 2 min 05 s');
    expect(text).toMatch(/FAILED {7}12 ms {2}suite/);
    expect(text).toContain('p99 120 ms');
    expect(text).toContain('Failed at: suite');
  });
  test.each([
    [45, '45 ms'],
    [12_340, '12.3 s'],
    [245_000, '4 min 05 s'],
  ])('%d ms reads %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });
});
