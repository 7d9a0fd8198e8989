// A whole release of a commit: proof, publish, deploy. Everything that can be refused is refused before the proof, which is long.
import { dag } from '@dagger.io/dagger';
import { checkAll } from './arguments.ts';
import { deploy, deployChecks } from './deploy.ts';
import type { DeployOptions } from './deploy.ts';
import { proofOf } from './proof-of-commit.ts';
import { publishChecks } from './publish-arguments.ts';
import type { PublishArguments } from './publish-arguments.ts';
import { provePublishLogin, publish } from './publish.ts';

/**
 * Proves, publishes and deploys. Stops at the first failure.
 * @returns what each of the three reports
 * @throws InvalidArguments with everything that is missing; PipelineFailure of the step that failed
 */
export async function releaseCommit(
  publishOptions: PublishArguments,
  deployOptions: Omit<DeployOptions, 'images'>,
): Promise<string> {
  checkAll('release', {
    ...(await publishChecks(publishOptions)),
    ...(await deployChecks(deployOptions)),
  });
  await provePublishLogin('release', publishOptions);
  const report = await proofOf({
    source: deployOptions.source,
    nodeImage: publishOptions.nodeImage,
    keep: false,
  });
  const list = await publish(publishOptions);
  const images = dag.directory().withNewFile('images.json', list).file('images.json');
  const deployed = await deploy({ ...deployOptions, images });
  return [report, list, deployed].join('\n');
}
