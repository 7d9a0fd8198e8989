// Publishing: every image for every platform from one build, looked at before it is called published, tagged at the end.
import { setTimeout as delay } from 'node:timers/promises';
import type { Directory, GitRepository } from '@dagger.io/dagger';
import { checkAll } from './arguments.ts';
import { checkCommit } from './checkout.ts';
import { PipelineFailure } from './failure.ts';
import { buildAll } from './image-builds.ts';
import { chooseImages } from './images.ts';
import type { ImageLabels } from './images.ts';
import { PLATFORMS } from './multi-platform.ts';
import { alreadyThere, explained, moveTag, openRegistry } from './open-registry.ts';
import type { OpenRegistry } from './open-registry.ts';
import { checkPublish, checkPublishSecrets, registryTarget } from './publish-arguments.ts';
import type { PublishArguments, RegistryArguments } from './publish-arguments.ts';
import { pushOne } from './push.ts';
import { formatImageList, tagsFor } from './reference.ts';
import type { ImageDefinition, PublishedImage } from './reference.ts';
import { proveLogin } from './registry-login.ts';
import type { RegistryTarget } from './registry.ts';
import { runId } from './run-id.ts';

/** Longest time the build of all images may take; an install that hangs ends here, in ms. */
const BUILD_LIMIT_MS = 20 * 60_000;

/**
 * Publishes all images and gives the list `deploy` takes.
 * @throws InvalidArguments with everything that is wrong, before anything is built.
 * @throws PipelineFailure naming the image that failed, and why.
 */
export async function publish(options: PublishArguments): Promise<string> {
  const { commit, target, signing, tags: extra } = await checkPublish(options);
  const { revision } = commit;
  const tags = tagsFor(revision, extra);
  const source = await repositoryAddress(commit.repository);
  const labels: ImageLabels = {
    revision,
    created: new Date().toISOString(),
    source,
  };
  const run = runId();
  const registry = options.dryRun ? undefined : await openRegistry(target, options.token, run);
  const images = chooseImages([]);
  const present =
    registry === undefined
      ? new Map<string, string>()
      : await alreadyThere(registry, images, {
          what: 'publish',
          tag: revision,
          mayPush: await mayPush('publish', registry, options.source),
        });
  const missing = images.filter((image) => !present.has(image.name));
  const builds = await withinLimit(buildAll(options, missing, labels), BUILD_LIMIT_MS, 'build');
  if (registry === undefined) {
    return dryRunText(target, tags, images);
  }
  const published: PublishedImage[] = [];
  for (const image of images) {
    const repository = `${target.repository}/${image.name}`;
    const build = builds.find((candidate) => candidate.image === image);
    const digest =
      build === undefined
        ? (present.get(image.name) ?? '')
        : await explained(`publish ${image.name}`, () =>
            pushOne({ build, repository, revision, registry, signing, labels }),
          );
    published.push({ name: image.name, reference: `${repository}:${revision}@${digest}`, digest });
  }
  // the tags people follow move last, when every image is there and whole
  for (const { name, digest } of published) {
    for (const tag of tags.slice(1))
      await moveTag(registry, `${target.repository}/${name}`, digest, tag);
  }
  return formatImageList(published);
}

/** Whether the registry grants a push of every image. @throws PipelineFailure when it refuses the login */
async function mayPush(what: string, registry: OpenRegistry, source: Directory): Promise<boolean> {
  const repositories = chooseImages([]).map(({ name }) => `${registry.target.repository}/${name}`);
  return await proveLogin(what, registry, source, repositories);
}

/**
 * Proves a publish's login, for a call that does something long before it publishes.
 * @throws PipelineFailure when the registry refuses it
 */
export async function provePublishLogin(
  what: string,
  options: RegistryArguments & Pick<PublishArguments, 'source'>,
): Promise<void> {
  const registry = await openRegistry(registryTarget(options, true), options.token, runId());
  await mayPush(what, registry, options.source);
}

/** Where the repository lies. The client promises a text; the engine answers null for a clone without a remote it can read. */
async function repositoryAddress(repository: GitRepository): Promise<string> {
  const answer: string | null = await repository.url().catch(() => null);
  return answer === null || answer === '' ? 'unknown' : answer.replace(/\.git$/, '');
}

/**
 * The images of a commit that are in the registry already, for a deploy that was given no list.
 * @throws PipelineFailure naming each image that is not there.
 */
export async function publishedImages(
  options: RegistryArguments & Pick<PublishArguments, 'repository' | 'checkout'>,
): Promise<PublishedImage[]> {
  const { target, commit } = checkAll('published', {
    target: () => registryTarget(options, true),
    commit: await checkCommit(options.repository, options.checkout, false),
    secrets: await checkPublishSecrets(options),
  });
  const { revision } = commit;
  const registry = await openRegistry(target, options.token, runId());
  const images = chooseImages([]);
  const present = await alreadyThere(registry, images, {
    ...{ what: 'published', tag: revision, mayPush: false },
  });
  const absent = images.filter((image) => !present.has(image.name));
  if (absent.length > 0) {
    throw new PipelineFailure(
      `published failed: ${absent.map((image) => image.name).join(', ')} of commit ${revision.slice(0, 12)} not found in ${target.repository}\nPublish the commit first (dagger call publish).`,
    );
  }
  return images.map(({ name }) => {
    const digest = present.get(name) ?? '';
    return { name, reference: `${target.repository}/${name}:${revision}@${digest}`, digest };
  });
}

function dryRunText(
  target: RegistryTarget,
  tags: readonly string[],
  images: readonly ImageDefinition[],
): string {
  return [
    `Would publish ${String(images.length)} images for ${PLATFORMS.join(' and ')}. All images were built; none was pushed.`,
    '',
    ...images.flatMap(({ name }) => tags.map((tag) => `  ${target.repository}/${name}:${tag}`)),
    '',
  ].join('\n');
}

async function withinLimit<T>(work: Promise<T>, ms: number, what: string): Promise<T> {
  const over = new AbortController();
  const limit = delay(ms, undefined, { signal: over.signal }).then(() => {
    throw new PipelineFailure(
      `${what} failed: not finished within ${ms / 60_000} minutes for ${PLATFORMS.join(' and ')}`,
    );
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    over.abort();
    limit.catch(() => undefined);
  }
}
