// An open registry: what it holds of a commit, read back and checked, and the tags in it.
import { dag, ReturnType } from '@dagger.io/dagger';
import type { Container, Secret } from '@dagger.io/dagger';
import { InvalidArguments } from './arguments.ts';
import { errorText, explain, registryHintFor } from './failure.ts';
import { verifyIndex, verifyPlatforms } from './multi-platform.ts';
import type { PublishedPlatform } from './multi-platform.ts';
import type { ImageDefinition } from './reference.ts';
import { dockerConfig } from './registry.ts';
import type { RegistryTarget } from './registry.ts';
import { withRetry } from './retry.ts';
import { CRANE } from './versions.ts';

/** An open registry: crane with its login. */
export interface OpenRegistry {
  readonly auth: Secret;
  readonly token: Secret;
  readonly target: RegistryTarget;
  readonly run: string;
  /** Never the same container twice: what a registry holds changes while the command does not. */
  crane(attempt: number): Container;
}

const ENTRYPOINT = { useEntrypoint: true } as const;

let calls = 0;

/** Logs in. @throws InvalidArguments without a token */
export async function openRegistry(
  target: RegistryTarget,
  token: Secret | undefined,
  run: string,
): Promise<OpenRegistry> {
  if (token === undefined)
    throw new InvalidArguments('publish', ['--token is missing'], 'See ci/README.md.');
  const auth = dag.setSecret(
    `registry-login-${run}`,
    dockerConfig(target.host, target.username, await token.plaintext()),
  );
  const base = dag
    .container()
    .from(CRANE)
    .withUser('0')
    .withMountedSecret('/auth/config.json', auth)
    .withEnvVariable('DOCKER_CONFIG', '/auth');
  return {
    auth,
    token,
    target,
    run,
    crane: (attempt) =>
      base.withEnvVariable('CALL', `${run}-${String(++calls)}-${String(attempt)}`),
  };
}

/** Digests of the images of a commit that are complete in the registry. A denial is left to the push, which says it better. */
export async function alreadyThere(
  registry: OpenRegistry,
  images: readonly ImageDefinition[],
  target: RegistryTarget,
  revision: string,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const { name } of images) {
    const repository = `${target.repository}/${name}`;
    const probe = await registry
      .crane(1)
      .withExec(['digest', `${repository}:${revision}`], { ...ENTRYPOINT, expect: ReturnType.Any })
      .sync();
    if ((await probe.exitCode()) !== 0) continue;
    const digest = (await probe.stdout()).trim();
    try {
      await inspectIndex(registry, repository, digest);
      found.set(name, digest);
    } catch {
      // half of a push that broke off: pushed again
    }
  }
  return found;
}

/** Reads a pushed index back and checks that it holds what it claims. */
export async function inspectIndex(
  registry: OpenRegistry,
  repository: string,
  digest: string,
): Promise<PublishedPlatform[]> {
  const read = (command: 'manifest' | 'config', at: string) =>
    retried((attempt) =>
      registry
        .crane(attempt)
        .withExec([command, `${repository}@${at}`], ENTRYPOINT)
        .stdout(),
    );
  const platforms = verifyIndex(await read('manifest', digest));
  verifyPlatforms(
    await Promise.all(
      platforms.map(async (part) => ({
        platform: part.platform,
        config: await read('config', part.digest),
        manifest: await read('manifest', part.digest),
      })),
    ),
  );
  return platforms;
}

/** Puts a tag on an image that is there. */
export async function moveTag(
  registry: OpenRegistry,
  repository: string,
  digest: string,
  tag: string,
): Promise<void> {
  await explained(`tag ${repository}:${tag}`, () =>
    retried((attempt) =>
      registry
        .crane(attempt)
        .withExec(['tag', `${repository}@${digest}`, tag], ENTRYPOINT)
        .sync(),
    ),
  );
}

/** Tries work that crosses the network again, a few times. */
export async function retried<T>(work: (attempt: number) => Promise<T>): Promise<T> {
  return await withRetry(work, errorText);
}

/** Does work, and says what failed with a hint where a registry refused. @throws PipelineFailure */
export async function explained<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explain(what, error, registryHintFor(errorText(error)));
  }
}
