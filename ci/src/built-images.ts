// The images of a call that names some or all of them: built one beside the other, each failure with the image's name.
import { dag } from '@dagger.io/dagger';
import type { Container, Directory } from '@dagger.io/dagger';
import { checkAll } from './arguments.ts';
import { explain } from './failure.ts';
import { buildImage, checkPlatform, chooseImages } from './images.ts';
import type { BuildInput } from './images.ts';
import type { ImageDefinition } from './reference.ts';

/** An image that was built. */
export interface BuiltImage {
  readonly definition: ImageDefinition;
  readonly container: Container;
}

/**
 * Builds images.
 * @param names which; all if there is none
 * @param platform the engine's platform if not given
 * @param flag what the names were given as; --image if not given
 * @throws InvalidArguments for a name that is none; PipelineFailure naming the image that failed
 */
export async function builtImages(
  input: BuildInput,
  names: readonly string[],
  platform?: string,
  flag?: string,
): Promise<BuiltImage[]> {
  const { images } = checkAll('build', {
    images: () => chooseImages(names, flag),
    platform: () => {
      checkPlatform(platform);
    },
  });
  return await Promise.all(
    images.map(async (definition) => {
      try {
        const container = await buildImage(
          input,
          definition,
          platform === undefined ? {} : { platform },
        );
        return { definition, container: await container.sync() };
      } catch (error) {
        throw explain(`build ${definition.name}`, error);
      }
    }),
  );
}

/** Images as OCI archives, one file an image. */
export function imageArchives(images: readonly BuiltImage[]): Directory {
  return images.reduce(
    (directory, { definition, container }) =>
      directory.withFile(`${definition.name}.tar`, container.asTarball()),
    dag.directory(),
  );
}
