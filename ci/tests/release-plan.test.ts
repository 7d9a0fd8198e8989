// The protocol of a release plan, against the plan that deploy/ really makes: both sides are checked here.
import { describe, expect, test } from 'vitest';
import { releasePlan } from '@todo/deploy/plan/plan';
import type { Plan, ReleaseInput } from '@todo/deploy/plan/plan';
import { manifestPaths } from '@todo/deploy/plan/plan';
import { rollbackPlan } from '@todo/deploy/commands/rollback';
import { IMAGES } from '../src/reference.ts';
import { parsePlan, renderPlan, runPlan } from '../src/release-plan.ts';
import type { PlanCommand, ReleasePlan } from '../src/release-plan.ts';
import { duration, planFailure, renderReport } from '../src/report.ts';

function realRollback(): Plan {
  return rollbackPlan({
    ...{ namespace: 'todo', holder: 'me', charts: [], timeoutSeconds: 100, lockWaitSeconds: 10 },
  });
}

function realPlan(environment: 'local' | 'cloud'): Plan {
  const input: ReleaseInput = {
    environment,
    namespace: 'todo',
    images: Object.fromEntries(
      IMAGES.map(({ name }) => [name, `host/todo/${name}:1@sha256:${'a'.repeat(64)}`]),
    ) as ReleaseInput['images'],
    publicUrl: 'https://todo.example',
    audit: true,
    database: 'in-cluster',
    dapr: { install: true, chart: 'chart', version: '1.18.2', namespace: 'dapr-system' },
    imagePullSecrets: [],
    values: {},
    timeoutSeconds: 100,
    lockWaitSeconds: 10,
    holder: 'test',
    files: Object.fromEntries(manifestPaths(environment).map((path) => [path, `# ${path}\n`])),
  };
  return releasePlan(input);
}

/** Runs a plan and notes each command; those whose text matches `failing` fail. */
async function play(plan: ReleasePlan, failing?: RegExp) {
  const ran: string[] = [];
  const result = await runPlan(plan, (command: PlanCommand) => {
    const text = command.argv.join(' ');
    ran.push(text);
    const fails = failing?.test(text) === true;
    return Promise.resolve({
      exitCode: fails ? 1 : 0,
      stdout: `out of ${text}`,
      stderr: fails ? 'reason' : '',
      ms: 5,
    });
  });
  return { ran, result };
}

describe('running the plan that deploy/ makes', () => {
  test.each(['local', 'cloud'] as const)(
    '%s: every step in order, the lock renewed before each that follows it and released at the end',
    async (environment) => {
      const plan: ReleasePlan = realPlan(environment);
      const { ran, result } = await play(plan);
      expect(result.ok).toBe(true);
      expect(result.steps.map((step) => step.id)).toEqual(plan.steps.map((step) => step.id));
      const lock = plan.steps.findIndex((step) => step.id === 'lock');
      expect(ran.filter((text) => text.includes('lock.ts renew'))).toHaveLength(
        plan.steps.length - lock - 1,
      );
      expect(ran.at(-1)).toContain('lock.ts release');
      expect(ran.join('\n')).not.toContain('{seconds}');
    },
  );

  test('the lock outlives the step it is renewed for by a minute', async () => {
    const { ran } = await play(realPlan('cloud'));
    const upgrade = ran.findIndex((text) => text.startsWith('helm upgrade'));
    expect(ran[upgrade - 1]).toMatch(/renew .*--seconds 190$/);
  });

  test('a failed step: what it names is shown, what ran before is restored, the lock is released', async () => {
    const { ran, result } = await play(realPlan('local'), /helm upgrade .*notification-service/);
    expect(result).toMatchObject({ ok: false, aftermath: 'restored' });
    expect(result.steps.at(-1)).toMatchObject({ id: 'notification-service', ok: false });
    expect(ran.some((text) => text.includes('roll-back.ts'))).toBe(true);
    expect(ran.at(-1)).toContain('lock.ts release');
    expect(
      ran.some((text) => text.startsWith('helm upgrade') && text.includes('recurring-service')),
    ).toBe(false);
    expect(planFailure(result)).toMatch(
      /^Failed at: notification-service\n[\s\S]*reason[\s\S]*--- node deploy\/src\/steps\/diagnose/,
    );
  });

  test('a failure before anything was recorded rolls nothing back', async () => {
    const { ran, result } = await play(realPlan('cloud'), /secrets\.ts check/);
    expect(result).toMatchObject({ ok: false, aftermath: 'untouched' });
    expect(ran.some((text) => /roll-back|lock\.ts/.test(text))).toBe(false);
    expect(planFailure(result)).toContain('Nothing that ran before was changed.');
  });

  test('a roll-back that fails is not called one', async () => {
    const { result } = await play(realPlan('cloud'), /helm upgrade|roll-back\.ts/);
    expect(result).toMatchObject({ ok: false, aftermath: 'not restored' });
    expect(planFailure(result)).toContain('could not be restored');
  });

  test('a plan without a way back leaves things as they are, and says so', async () => {
    const { ran, result } = await play(realRollback(), /previous\.ts/);
    expect(result).toMatchObject({ ok: false, aftermath: 'as it stands' });
    expect(ran.at(-1)).toContain('lock.ts release');
  });

  test('a lost lock: stop, roll nothing back, release nothing that is another’s', async () => {
    const { ran, result } = await play(realPlan('cloud'), /lock\.ts renew/);
    expect(result).toMatchObject({ ok: false, aftermath: 'taken over' });
    expect(ran.some((text) => text.includes('lock.ts release'))).toBe(false);
  });

  test('a step whose time is up says so', async () => {
    const result = await runPlan(realPlan('cloud'), () =>
      Promise.resolve({ exitCode: 124, stdout: '', stderr: 'waiting', ms: 1 }),
    );
    expect(result.steps[0]?.output).toBe('waiting\n(stopped: its time was up)');
  });
});

describe('a dry run', () => {
  test('shows every command, names secrets without values, and says nothing was changed', () => {
    const text = renderPlan(realPlan('cloud'));
    expect(text).toContain('Nothing was changed.');
    expect(text).toContain('secrets: DATABASE_URL=***');
    expect(text).toMatch(/helm upgrade --install todo-backend charts\/todo-backend/);
  });
});

test('what is not a plan is told from one', () => {
  expect(() => parsePlan('{}')).toThrow(/not a release plan/);
  expect(parsePlan(JSON.stringify(realPlan('local'))).namespace).toBe('todo');
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
