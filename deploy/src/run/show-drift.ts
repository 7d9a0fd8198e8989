// What a dry run says of the cluster, where it has one: what was changed by hand since the last deploy. Without one it says why
// it can't; a dry run needs no cluster.
import { Problems } from '../plan/arguments.ts';
import type { Plan } from '../plan/plan.ts';
import { SECRETS } from '../plan/services.ts';
import { pinCluster } from './cluster-access.ts';
import type { Where } from './cluster-access.ts';
import { givenSecrets } from './given-secrets.ts';
import { watchSecrets } from './known-secrets.ts';
import { runHere } from './machine.ts';

/**
 * Runs a plan's `drift` and prints what it says, secrets masked. Changes nothing and never fails.
 * @param root the repository's root
 * @param folder where the kubeconfig for this run is written
 */
export async function showDrift(
  plan: Plan,
  where: Where,
  root: string,
  folder: string,
  print: (line: string) => void,
): Promise<void> {
  if (plan.drift === undefined) return;
  print('Changed by hand since the last deploy:');
  const problems = new Problems();
  const kubeconfig = pinCluster(where, process.env, folder, problems);
  if (problems.list.length > 0) {
    print(`      not known: ${problems.list.join('; ')}`);
    return;
  }
  const environment: NodeJS.ProcessEnv = { ...process.env };
  if (kubeconfig !== undefined) environment['KUBECONFIG'] = kubeconfig;
  const { run, mask } = await watchSecrets(
    plan,
    runHere(root, environment, new Set(SECRETS)),
    givenSecrets(environment),
  );
  const { exitCode, output, reason } = await run(plan.drift, {});
  if (exitCode !== 0) print(`      not known: ${reason}`);
  for (const line of output.split('\n')) print(mask(`      ${line}`));
}
