// A rollback that a person asks for, as a plan like a release's: under the same lock, so that it never meets a deploy.
import { InvalidArguments } from './arguments.ts';
import type { PlanCommand, ReleasePlan } from './release-plan.ts';

/** Charts of the system, who is called before who calls. As in deploy/src/plan.ts; a test compares them. */
export const CHARTS: readonly string[] = [
  'todo-backend',
  'notification-service',
  'recurring-service',
  'audit-service',
  'todo-frontend',
];

/** How long one chart may take to be healthy again, in seconds. */
const CHART_SECONDS = 180;
/** How long to wait for a deploy that is at it, in seconds. */
const LOCK_WAIT_SECONDS = 600;

/** @throws InvalidArguments naming each chart that the system doesn't have. */
export function checkCharts(names: readonly string[]): void {
  const unknown = names.filter((name) => !CHARTS.includes(name));
  if (unknown.length === 0) return;
  throw new InvalidArguments(
    '--chart',
    unknown.map((name) => `--chart: there is no chart "${name}"`),
    `The charts: ${CHARTS.join(', ')}`,
  );
}

/**
 * The steps of a rollback. The programs are deploy/'s own.
 * @param namespace the release's.
 * @param holder who does it, as others read it who wait for the lock.
 * @param only charts to roll back; all, and Dapr's manifests with them, if none is named.
 */
export function rollbackPlan(
  namespace: string,
  holder: string,
  only: readonly string[],
): ReleasePlan {
  const names = CHARTS.filter((name) => only.length === 0 || only.includes(name));
  const program = (name: string, ...more: string[]) => [
    ...['node', `deploy/src/steps/${name}.ts`, ...more, '--namespace', namespace],
  ];
  const lock = (action: string, more: readonly string[], timeoutSeconds: number): PlanCommand => ({
    argv: [...program('lock', action), '--holder', holder, ...more],
    timeoutSeconds,
  });
  const step = (id: string, title: string, command: PlanCommand) => ({
    ...{ id, title, ...command },
    showOnFailure:
      id === 'lock' ? [] : [{ argv: [...program('diagnose'), ...names], timeoutSeconds: 60 }],
  });
  return {
    environment: 'none',
    namespace,
    steps: [
      step(
        'lock',
        'No deploy is running',
        lock('acquire', ['--wait', String(LOCK_WAIT_SECONDS)], LOCK_WAIT_SECONDS + 60),
      ),
      step('rollback', 'Back to what ran before', {
        argv: [
          ...program('previous', ...(only.length === 0 ? ['--manifests'] : [])),
          ...['--timeout', String(CHART_SECONDS), ...names],
        ],
        timeoutSeconds: CHART_SECONDS * names.length + 60,
      }),
    ],
    renewLock: lock('renew', ['--seconds', '{seconds}'], 30),
    releaseLock: lock('release', [], 30),
    rollBack: [],
  };
}
