// The charts of the system by name: what a rollback may be asked for, and whose pods are looked at when something fails.
import { InvalidArguments } from './arguments.ts';

/** Who is called before who calls. As in deploy/src/plan/plan.ts; a test compares them. */
export const CHARTS: readonly string[] = [
  'todo-backend',
  'notification-service',
  'recurring-service',
  'audit-service',
  'todo-frontend',
];

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
