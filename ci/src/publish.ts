// Publishing: every image for every platform from one build, looked at before it is called published, tagged at the end.
import { setTimeout as delay } from 'node:timers/promises';
import {
  dag,
  Container,
  Directory,
  File,
  GitRepository,
  ReturnType,
  Secret,
} from '@dagger.io/dagger';
import { checkAll, InvalidArguments } from './arguments.ts';
import { explain, errorText, PipelineFailure, registryHintFor } from './failure.ts';
import { buildImage, chooseImages } from './images.ts';
import type { ImageLabels } from './images.ts';
import { PLATFORMS, verifyElf, verifyIndex, verifyPlatforms } from './multi-platform.ts';
import type { PublishedPlatform } from './multi-platform.ts';
import { formatImageList, tagsFor } from './reference.ts';
import type { ImageDefinition, PublishedImage } from './reference.ts';
import { dockerConfig, resolveRegistry } from './registry.ts';
import { checkSecrets } from './secrets.ts';
import type { RegistryKind, RegistryTarget } from './registry.ts';
import { withRetry } from './retry.ts';
import { provenance, sbomOf, signAndAttest } from './supply-chain.ts';
import type { Signing } from './supply-chain.ts';
import { CRANE, NODE } from './versions.ts';

/**
 * Where an image lies until it is whole: pushed, looked at, signed, attested. Its commit's tag comes after that, so that a
 * publish which broke off is never taken for a finished one. Each publish has its own: a registry that clears away untagged
 * images would take the one whose tag another publish moved.
 */
const STAGING_TAG = 'staging';
/** Longest time the build of all images may take; an install that hangs ends here, in ms. */
const BUILD_LIMIT_MS = 20 * 60_000;

/** Where images go and who logs in, as the functions take it. */
export interface RegistryArguments {
  readonly registry: RegistryKind;
  readonly address?: string | undefined;
  readonly region?: string | undefined;
  readonly namespace?: string | undefined;
  readonly username?: string | undefined;
  readonly token?: Secret | undefined;
  readonly prefix?: string | undefined;
}

/** How to sign, as the functions take it. */
export interface SigningArguments {
  readonly signingKey?: Secret | undefined;
  readonly signingPassword?: Secret | undefined;
  readonly signingConfig?: File | undefined;
  readonly oidcRequestUrl?: Secret | undefined;
  readonly oidcRequestToken?: Secret | undefined;
  readonly unsigned: boolean;
}

/** Everything `publish` takes. */
export interface PublishArguments extends RegistryArguments, SigningArguments {
  readonly source: Directory;
  readonly repository: GitRepository;
  readonly tag: readonly string[];
  readonly dryRun: boolean;
}

/**
 * Publishes all images and gives the list `deploy` takes.
 * @throws InvalidArguments with everything that is wrong, before anything is built.
 * @throws PipelineFailure naming the image that failed, and why.
 */
export async function publish(options: PublishArguments): Promise<string> {
  const { revision, target, signing, tags } = await checkPublish(options);
  const source = await repositoryAddress(options.repository);
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
      : await alreadyThere(registry, images, target, revision);
  const missing = images.filter((image) => !present.has(image.name));
  const builds = await withinLimit(
    buildAll(options.source, missing, labels),
    BUILD_LIMIT_MS,
    'build',
  );
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

/** Where the repository lies. The client promises a text; the engine answers null for a clone without a remote it can read. */
async function repositoryAddress(repository: GitRepository): Promise<string> {
  const answer: string | null = await repository.url().catch(() => null);
  return answer === null || answer === '' ? 'unknown' : answer.replace(/\.git$/, '');
}

/** What a publish was asked for, checked. */
interface CheckedPublish {
  readonly revision: string;
  readonly target: RegistryTarget;
  readonly signing: Signing | undefined;
  readonly tags: readonly string[];
}

/**
 * Looks at everything that a publish needs, before anything long begins.
 * @throws InvalidArguments with everything that is missing or wrong; PipelineFailure when the work tree isn't committed.
 */
export async function checkPublish(options: PublishArguments): Promise<CheckedPublish> {
  const revision = await options.repository.head().commit();
  const checked = checkAll('publish', {
    ...publishChecks(options, revision),
    publishSecrets: await checkPublishSecrets(options),
  });
  await refuseUncommitted(options.repository);
  return { revision, ...checked };
}

/** The checks behind {@link checkPublish}, for a call that has more to check. */
export function publishChecks(options: Omit<PublishArguments, 'repository'>, revision: string) {
  return {
    target: () => registryTarget(options, !options.dryRun),
    signing: () => signingFrom(options, options.dryRun),
    tags: () => tagsFor(revision, options.tag),
  };
}

/** The secrets of a publish, read once: one that can't be had is named. */
export async function checkPublishSecrets(
  options: Pick<PublishArguments, 'token'> & Partial<SigningArguments>,
): Promise<() => void> {
  return await checkSecrets(
    {
      '--token': options.token,
      '--signing-key': options.signingKey,
      '--signing-password': options.signingPassword,
      '--oidc-request-url': options.oidcRequestUrl,
      '--oidc-request-token': options.oidcRequestToken,
    },
    ['--signing-password'],
  );
}

async function moveTag(
  registry: Registry,
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

/**
 * The images of a commit that are in the registry already, for a deploy that was given no list.
 * @throws PipelineFailure naming each image that is not there.
 */
export async function publishedImages(
  options: RegistryArguments,
  revision: string,
): Promise<PublishedImage[]> {
  const { target } = checkAll('published', {
    target: () => registryTarget(options, true),
    secrets: await checkPublishSecrets(options),
  });
  const registry = await openRegistry(target, options.token, runId());
  const images = chooseImages([]);
  const present = await alreadyThere(registry, images, target, revision);
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

/** Checks the registry's arguments. */
export function registryTarget(options: RegistryArguments, login: boolean): RegistryTarget {
  return resolveRegistry(
    { ...options, kind: options.registry, hasToken: options.token !== undefined },
    login,
  );
}

/**
 * Checks how to sign.
 * @returns undefined for unsigned images.
 * @throws InvalidArguments when neither a key nor an identity is given, or half of one, and `--unsigned` isn't either.
 */
export function signingFrom(options: SigningArguments, dryRun: boolean): Signing | undefined {
  const { signingKey, signingPassword, signingConfig, oidcRequestUrl, oidcRequestToken } = options;
  const next = 'See ci/README.md, "Signatures".';
  if (options.unsigned) return undefined;
  if (signingKey !== undefined)
    return { kind: 'key', key: signingKey, password: signingPassword, config: signingConfig };
  if (oidcRequestUrl !== undefined && oidcRequestToken !== undefined) {
    return {
      ...{ kind: 'keyless', requestUrl: oidcRequestUrl, requestToken: oidcRequestToken },
      config: signingConfig,
    };
  }
  if (dryRun) return undefined;
  if (oidcRequestUrl !== undefined || oidcRequestToken !== undefined) {
    const absent = oidcRequestUrl === undefined ? '--oidc-request-url' : '--oidc-request-token';
    throw new InvalidArguments(
      'signing',
      [`${absent} is missing: keyless signing needs both`],
      next,
    );
  }
  throw new InvalidArguments(
    'signing',
    [
      '--signing-key (a cosign key), or --oidc-request-url and --oidc-request-token (keyless, in GitHub Actions), or --unsigned',
    ],
    next,
  );
}

/** A commit's tag on something else than that commit would be a lie for ever. */
async function refuseUncommitted(repository: GitRepository): Promise<void> {
  if (await repository.uncommitted().isEmpty()) return;
  throw new PipelineFailure(
    'publish failed: the work tree has uncommitted changes\nImages are tagged with the commit they are made from: commit first.',
  );
}

/** An open registry: crane with its login. */
interface Registry {
  readonly auth: Secret;
  readonly token: Secret;
  readonly target: RegistryTarget;
  readonly run: string;
  /** Never the same container twice: what a registry holds changes while the command does not. */
  crane(attempt: number): Container;
}
const ENTRYPOINT = { useEntrypoint: true } as const;
let calls = 0;

async function openRegistry(
  target: RegistryTarget,
  token: Secret | undefined,
  run: string,
): Promise<Registry> {
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
async function alreadyThere(
  registry: Registry,
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

/** All platforms of one image. */
interface Build {
  readonly image: ImageDefinition;
  readonly variants: readonly {
    readonly platform: (typeof PLATFORMS)[number];
    readonly container: Container;
  }[];
}

async function buildAll(
  source: Directory,
  images: readonly ImageDefinition[],
  labels: ImageLabels,
): Promise<Build[]> {
  return await Promise.all(
    images.map(async (image) => ({
      image,
      variants: await Promise.all(
        PLATFORMS.map(async (platform) => ({
          platform,
          container: await explained(`build ${image.name} for ${platform}`, async () => {
            const container = await buildImage(source, image, { platform, labels });
            verifyElf(platform, await elfHeader(container));
            return container;
          }),
        })),
      ),
    })),
  );
}

/** Bytes 18 and 19 of the image's node, read by a program of the engine's own platform. */
async function elfHeader(container: Container): Promise<string> {
  return await dag
    .container()
    .from(NODE)
    .withMountedFile('/in/node', container.file('/usr/local/bin/node'))
    .withExec(['od', '-A', 'n', '-t', 'x1', '-j', '18', '-N', '2', '/in/node'])
    .stdout();
}

async function pushOne(options: {
  readonly build: Build;
  readonly repository: string;
  readonly revision: string;
  readonly registry: Registry;
  readonly signing: Signing | undefined;
  readonly labels: ImageLabels;
}): Promise<string> {
  const { build, repository, revision, registry } = options;
  const reference = await retried(() =>
    dag
      .container()
      .withRegistryAuth(registry.target.host, registry.target.username, registry.token)
      .publish(`${repository}:${STAGING_TAG}-${registry.run}`, {
        platformVariants: build.variants.map(({ container }) => container),
      }),
  );
  const digest = reference.split('@')[1] ?? '';
  if (digest === '') throw new Error(`the registry gave no digest for ${reference}`);
  const platforms = await inspectIndex(registry, repository, digest);
  if (options.signing !== undefined) {
    await signAndAttest({
      signing: options.signing,
      auth: registry.auth,
      run: registry.run,
      repository,
      digest,
      provenance: provenance({
        source: options.labels.source,
        revision,
        dockerfile: build.image.dockerfile,
        platforms: PLATFORMS,
        startedOn: options.labels.created,
        finishedOn: new Date().toISOString(),
        builder: 'https://dagger.io/engine',
      }),
      sboms: platforms.map((platform) => ({
        digest: platform.digest,
        sbom: sbomOf(variantOf(build, platform), build.image.name),
      })),
    });
  }
  await moveTag(registry, repository, digest, revision);
  return digest;
}

function variantOf(build: Build, { platform }: PublishedPlatform): Container {
  const variant = build.variants.find((candidate) => candidate.platform === platform);
  if (variant === undefined) throw new Error(`${build.image.name} was not built for ${platform}`);
  return variant.container;
}

/** Reads a pushed index back and checks that it holds what it claims. */
async function inspectIndex(
  registry: Registry,
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

function dryRunText(
  target: RegistryTarget,
  tags: readonly string[],
  images: readonly ImageDefinition[],
): string {
  return [
    `Would publish ${String(images.length)} images for ${PLATFORMS.join(' and ')}. They were built; nothing was pushed.`,
    '',
    ...images.flatMap(({ name }) => tags.map((tag) => `  ${target.repository}/${name}:${tag}`)),
    '',
  ].join('\n');
}

async function retried<T>(work: (attempt: number) => Promise<T>): Promise<T> {
  return await withRetry(work, errorText);
}

async function explained<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explain(what, error, registryHintFor(errorText(error)));
  }
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

/** A name for one call, so that nothing of it is taken from a cache. */
export function runId(): string {
  return `${new Date().toISOString().replace(/\D/g, '').slice(0, 14)}-${Math.random().toString(36).slice(2, 8)}`;
}
