// An open registry: what it holds of a commit, read back and checked, and the tags in it.
import { dag, ReturnType } from '@dagger.io/dagger';
import type { Container, Secret } from '@dagger.io/dagger';
import { InvalidArguments } from './arguments.ts';
import { errorText, explain, registryHintFor } from './failure.ts';
import { verifyIndex, verifyPlatforms } from './multi-platform.ts';
import type { PublishedPlatform } from './multi-platform.ts';
import type { ImageDefinition } from './reference.ts';
import { answerOf, loginRefused } from './registry-login.ts';
import { dockerConfig } from './registry.ts';
import type { RegistryTarget } from './registry.ts';
import { retryDelay, withRetry } from './retry.ts';
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

/**
 * Digests of the images that are complete in the registry under a tag.
 * @param options `mayPush`: the login is proved, so a refusal to read is a repository that is not there yet: Docker Hub says both
 *   with one word.
 * @throws PipelineFailure when the login is refused, or the registry gives no answer
 */
export async function alreadyThere(
  registry: OpenRegistry,
  images: readonly ImageDefinition[],
  options: { readonly what: string; readonly tag: string; readonly mayPush: boolean },
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const { name } of images) {
    const repository = `${registry.target.repository}/${name}`;
    const digest = await digestOf(registry, `${repository}:${options.tag}`, options);
    if (digest === undefined) continue;
    try {
      await inspectIndex(registry, repository, digest);
      found.set(name, digest);
    } catch {
      // half of a push that broke off: pushed again
    }
  }
  return found;
}

/**
 * The digest a tag has; undefined where there is none.
 * @throws PipelineFailure when the login is refused, or the registry can't be reached
 */
async function digestOf(
  registry: OpenRegistry,
  reference: string,
  { what, mayPush }: { readonly what: string; readonly mayPush: boolean },
): Promise<string | undefined> {
  try {
    return await retried(async (attempt) => {
      const probe = await registry
        .crane(attempt)
        .withExec(['digest', reference], { ...ENTRYPOINT, expect: ReturnType.Any })
        .sync();
      if ((await probe.exitCode()) === 0) return (await probe.stdout()).trim();
      const said = (await probe.stderr()).trim();
      if (answerOf(said) === 'refused' && !mayPush)
        throw loginRefused(what, registry, said.split('\n').at(-1) ?? '');
      if (answerOf(said) === 'unclear' && retryDelay(said, 1) !== undefined) throw new Error(said);
      return undefined;
    });
  } catch (error) {
    throw explain(`${what}: asking for ${reference}`, error);
  }
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
