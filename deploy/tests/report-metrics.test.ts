// What a run's report becomes as metrics: one value for each series, and text that Prometheus reads.
import { describe, expect, test } from 'vitest';
import { metricsOfReport, pushPath } from '../src/run/report-metrics.ts';
import type { PlanReport } from '../src/run/report.ts';

const step = (id: string, ms: number, more: object = {}) => ({
  ...{ id, title: `Title of ${id}`, phase: 'changes' as const, ms, ok: true, reason: '' },
  ...{ output: 'secretless', ...more },
});
const REPORT: PlanReport = {
  ...{ format: 1, environment: 'cloud', namespace: 'todo', ok: false, stopped: false },
  ...{ startedAt: '2026-11-30T08:00:00.000Z', ms: 12_500, shown: [], failedRenewals: 2 },
  ...{ aftermath: 'restored', conclusion: 'Rolled back.' },
  steps: [
    step('check-cluster', 500, { phase: 'preflight' }),
    step('upgrade', 7_000),
    step('upgrade', 4_000, { ok: false, reason: 'timed out' }),
  ],
};
const samples = (report: unknown): string[] =>
  metricsOfReport(report)
    .text.split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));

describe('a deploy’s report', () => {
  test('has the run and each step', () => {
    expect(metricsOfReport(REPORT).group).toEqual({
      ...{ run: 'deploy', environment: 'cloud', namespace: 'todo' },
    });
    expect(samples(REPORT)).toEqual([
      'todo_pipeline_success 0',
      'todo_pipeline_duration_seconds 12.5',
      'todo_pipeline_started_timestamp_seconds 1796025600',
      'todo_pipeline_lock_renewals_failed 2',
      'todo_pipeline_step_duration_seconds{phase="preflight",step="check-cluster"} 0.5',
      'todo_pipeline_step_duration_seconds{phase="changes",step="upgrade"} 11',
      'todo_pipeline_step_success{phase="preflight",step="check-cluster"} 1',
      'todo_pipeline_step_success{phase="changes",step="upgrade"} 0',
    ]);
  });

  test('without a step that ran', () => {
    expect(samples({ ...REPORT, steps: [] }).join()).not.toContain('step');
  });
});

describe('an integration test’s report', () => {
  const section = (title: string, more: object = {}) => ({ title, steps: [], notes: [], ...more });
  const of = (...sections: object[]) => ({ title: 'test-integration r1', facts: {}, sections });

  test('has its sections as phases', () => {
    const steps = [{ title: 'deploy "a"\\b', ms: 2_000, ok: true }];
    expect(
      samples(of(section('local', { ms: 3_000, steps }), section('cloud', { steps }))),
    ).toEqual([
      'todo_pipeline_success 1',
      'todo_pipeline_duration_seconds 5',
      'todo_pipeline_step_duration_seconds{phase="local",step="deploy \\"a\\"\\\\b"} 2',
      'todo_pipeline_step_duration_seconds{phase="cloud",step="deploy \\"a\\"\\\\b"} 2',
      'todo_pipeline_step_success{phase="local",step="deploy \\"a\\"\\\\b"} 1',
      'todo_pipeline_step_success{phase="cloud",step="deploy \\"a\\"\\\\b"} 1',
    ]);
  });

  test.each([
    ['a section failed', section('x', { failure: 'why' })],
    ['a step failed', section('x', { steps: [{ title: 't', ms: 1, ok: false }] })],
  ])('is not a success when %s', (_what, failed) => {
    expect(samples(of(section('fine'), failed))[0]).toBe('todo_pipeline_success 0');
  });
});

test.each([
  [null],
  [{}],
  [[]],
  ['text'],
  [{ ...REPORT, format: 2 }],
  [{ title: 'other', sections: [] }],
])('%j is no report', (other) => {
  expect(() => metricsOfReport(other)).toThrow('neither a report of a deploy');
});

test('the path of a push holds any value', () => {
  expect(pushPath({ run: 'deploy', namespace: 'a/b', environment: '' })).toBe(
    '/metrics/job@base64/dG9kby1waXBlbGluZQ/run@base64/ZGVwbG95/namespace@base64/YS9i/environment@base64/=',
  );
});
