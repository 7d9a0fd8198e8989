// Every image for every platform, built on the engine's own and looked at before anything is pushed.
import { dag } from '@dagger.io/dagger';
import type { Container } from '@dagger.io/dagger';
import { buildImage } from './images.ts';
import type { BuildInput, ImageLabels } from './images.ts';
import { PLATFORMS, verifyElf } from './multi-platform.ts';
import type { PublishedPlatform } from './multi-platform.ts';
import { explained } from './open-registry.ts';
import type { ImageDefinition } from './reference.ts';
import { NODE } from './versions.ts';

/** All platforms of one image. */
export interface ImageBuild {
  readonly image: ImageDefinition;
  readonly variants: readonly {
    readonly platform: (typeof PLATFORMS)[number];
    readonly container: Container;
  }[];
}

/** Builds the images. @throws PipelineFailure naming the image and the platform */
export async function buildAll(
  input: BuildInput,
  images: readonly ImageDefinition[],
  labels: ImageLabels,
): Promise<ImageBuild[]> {
  return await Promise.all(
    images.map(async (image) => ({
      image,
      variants: await Promise.all(
        PLATFORMS.map(async (platform) => ({
          platform,
          container: await explained(`build ${image.name} for ${platform}`, async () => {
            const container = await buildImage(input, image, { platform, labels });
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

/** The container that was built for a platform that the registry lists. */
export function variantOf(build: ImageBuild, { platform }: PublishedPlatform): Container {
  const variant = build.variants.find((candidate) => candidate.platform === platform);
  if (variant === undefined) throw new Error(`${build.image.name} was not built for ${platform}`);
  return variant.container;
}
