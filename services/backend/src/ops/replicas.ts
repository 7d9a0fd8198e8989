// How many replicas of a service are ready, as the cluster's DNS says: Dapr gives each app a headless Service, which has an
// address for each ready pod. No permission is needed for that, and no other part is asked.
import { lookup } from 'node:dns/promises';
import { within } from '@todo/runtime/time-limit';

/** An answer of DNS that takes longer is none, ms. */
const LIMIT_MS = 1_000;

/**
 * Counts the ready replicas of an app.
 * @param find looks a name up, for tests
 * @returns null outside of a cluster, and when DNS does not answer
 */
export async function replicasOf(
  appId: string,
  env: NodeJS.ProcessEnv = process.env,
  find: (name: string) => Promise<readonly unknown[]> = (name) => lookup(name, { all: true }),
): Promise<number | null> {
  if (!env['KUBERNETES_SERVICE_HOST']) return null;
  const found = find(`${appId}-dapr`).then(
    ({ length }) => length,
    () => null,
  );
  return await within(LIMIT_MS, found, () => null);
}
