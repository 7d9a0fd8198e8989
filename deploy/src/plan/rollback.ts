// The plan of a rollback that a person asks for: under the lock that deploys take, so that it never meets one.
import { collect, diagnose, drift, lockOf, program } from './commands.ts';
import type { Plan } from './plan.ts';
import { CHARTS } from './services.ts';

/** What a rollback is made from. */
export interface RollbackInput {
  readonly namespace: string;
  /** Charts to take back; all, and Dapr's manifests with them, if none is named. */
  readonly charts: readonly string[];
  /** How long one chart may take to be healthy again, in seconds. */
  readonly timeoutSeconds: number;
  readonly lockWaitSeconds: number;
  readonly holder: string;
  /** Where a failed rollback leaves what the cluster said; none: nothing is kept. */
  readonly failureFolder?: string;
}

/**
 * The steps that bring charts back to what ran before what runs now. It has no way back of its own: what failed stays as it
 * is, and a deploy puts it right.
 */
export function rollbackPlan(input: RollbackInput): Plan {
  const { namespace, timeoutSeconds } = input;
  const all = input.charts.length === 0;
  const charts = CHARTS.filter((name) => all || input.charts.includes(name));
  const previous = (...more: string[]) => [
    ...[...program('previous'), ...more, '--namespace', namespace],
    ...['--timeout', String(timeoutSeconds), ...charts],
  ];
  return {
    environment: 'none',
    namespace,
    preflight: [
      {
        id: 'previous',
        title: 'A previous version exists',
        argv: previous('--check'),
        timeoutSeconds: 60,
        showOnFailure: [],
      },
    ],
    lock: lockOf(input, 'No deploy is running'),
    preparation: [],
    changes: [
      {
        id: 'rollback',
        title: 'Roll back to the previous version',
        argv: previous(...(all ? ['--manifests'] : [])),
        timeoutSeconds: timeoutSeconds * charts.length + 60,
        showOnFailure: [],
      },
    ],
    drift: drift(namespace, charts),
    diagnosis: [
      diagnose(namespace, charts),
      ...(input.failureFolder === undefined ? [] : [collect(namespace, input.failureFolder)]),
    ],
  };
}
