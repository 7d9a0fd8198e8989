// A whole release of a commit: proof, publish, deploy. Everything that can be refused is refused before the proof, which is long.
import { dag } from '@dagger.io/dagger';
import { checkAll } from './arguments.ts';
import { checkDeploySecrets, deploy, deployChecks } from './deploy.ts';
import type { DeployOptions } from './deploy.ts';
import { clusterLogin } from './deploy-program.ts';
import { proofOf } from './proof-of-commit.ts';
import { checkPublish, checkPublishSecrets, publishChecks } from './publish-arguments.ts';
import type { PublishArguments } from './publish-arguments.ts';
import { publish } from './publish.ts';

/**
 * Proves, publishes and deploys. Stops at the first that fails.
 * @returns what each of the three reports
 * @throws InvalidArguments with everything that is missing; PipelineFailure of the step that failed
 */
export async function releaseCommit(
  publishOptions: PublishArguments,
  deployOptions: Omit<DeployOptions, 'images'>,
): Promise<string> {
  const revision = await publishOptions.repository.head().commit();
  checkAll('release', {
    ...publishChecks(publishOptions, revision),
    publishSecrets: await checkPublishSecrets(publishOptions),
    ...deployChecks(deployOptions),
    secrets: await checkDeploySecrets(deployOptions),
  });
  await checkPublish(publishOptions);
  await clusterLogin(deployOptions.cluster);
  const report = await proofOf({ source: deployOptions.source, keep: false });
  const list = await publish(publishOptions);
  const images = dag.directory().withNewFile('images.json', list).file('images.json');
  const deployed = await deploy({ ...deployOptions, images });
  return [report, list, deployed].join('\n');
}
