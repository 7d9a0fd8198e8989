// Pushes one image: under a name of its own first, read back, signed and attested, and only then under its commit.
import { dag } from '@dagger.io/dagger';
import { variantOf } from './image-builds.ts';
import type { ImageBuild } from './image-builds.ts';
import type { ImageLabels } from './images.ts';
import { PLATFORMS } from './multi-platform.ts';
import { inspectIndex, moveTag, retried } from './open-registry.ts';
import type { OpenRegistry } from './open-registry.ts';
import { provenance, sbomOf, signAndAttest } from './supply-chain.ts';
import type { Signing } from './supply-chain.ts';

/**
 * Where an image lies until it is whole: pushed, inspected, signed, attested. Its commit's tag comes after that, so that a
 * publish which broke off is never taken for a finished one. Each publish has its own: a registry that clears away untagged
 * images would take the one whose tag another publish moved.
 */
const STAGING_TAG = 'staging';

/** @returns the digest of the pushed index. @throws Error when what is read back is not what was built */
export async function pushOne(options: {
  readonly build: ImageBuild;
  readonly repository: string;
  readonly revision: string;
  readonly registry: OpenRegistry;
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
  if (digest === '') throw new Error(`the registry returned no digest for ${reference}`);
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
