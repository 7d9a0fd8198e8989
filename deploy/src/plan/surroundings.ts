// What a release needs beside its services: namespace, Dapr, broker, database. It needs no image, so it can be made ready while
// images build; a deploy finds it there.
import type { Plan, Step } from './plan.ts';

/** Steps of a release that neither read an image nor change a service. */
const STEPS: readonly Step['id'][] = [
  ...['helm', 'cluster', 'namespace'],
  ...['dapr', 'redpanda', 'redpanda-ready', 'database-secret', 'postgresql', 'postgresql-ready'],
];

/**
 * The part of a release that needs no image. It has no way back: what failed stays as it is, and a deploy puts it right.
 * @param release the whole of it; its images are not used.
 */
export function surroundingsPlan(release: Plan): Plan {
  const { environment, namespace, lock } = release;
  const ours = (steps: readonly Step[]) => steps.filter(({ id }) => STEPS.includes(id));
  return {
    ...{ environment, namespace, lock },
    preflight: ours(release.preflight),
    preparation: [],
    changes: ours(release.changes),
    diagnosis: [],
  };
}
