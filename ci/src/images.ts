// Builds the system's images from the same Dockerfiles that `docker build` uses.
import { dag, Container, Directory, Platform } from '@dagger.io/dagger';
import { InvalidArguments } from './arguments.ts';
import { IMAGES } from './reference.ts';
import type { ImageDefinition } from './reference.ts';

/** What an install needs to know of the repository: the same for every image, so that all share one layer. */
export const MANIFESTS = [
  'package.json',
  'package-lock.json',
  '.npmrc',
  '*/package.json',
  'packages/*/package.json',
  'services/*/package.json',
] as const;

/**
 * What of the repository an image is built from, as patterns for Directory.filter: nothing else is in its context, so a change
 * elsewhere does not rebuild it.
 */
export function contextOf(image: ImageDefinition): string[] {
  return [
    ...MANIFESTS,
    '.dockerignore',
    'tsconfig.base.json',
    image.dockerfile,
    ...image.context.map((folder) => `${folder}/**`),
  ];
}

/** What an image says of itself (org.opencontainers.image.*). */
export interface ImageLabels {
  readonly revision: string;
  /** UTC instant, RFC 3339. */
  readonly created: string;
  /** Address of the repository. */
  readonly source: string;
}

/**
 * One image for one platform. Lazy: built when something asks for its content.
 * @param platform the engine's own if not given. Install and compile stages run on the engine's platform in any case.
 */
export async function buildImage(
  source: Directory,
  image: ImageDefinition,
  options: { platform?: string; labels?: ImageLabels } = {},
): Promise<Container> {
  const engine = await dag.defaultPlatform();
  return source.filter({ include: contextOf(image) }).dockerBuild({
    dockerfile: image.dockerfile,
    platform: (options.platform ?? engine) as Platform,
    buildArgs: [
      // left alone, the engine takes the target's platform for the build's own and would run npm under emulation
      { name: 'BUILDPLATFORM', value: engine },
      { name: 'SERVICE', value: image.name },
      ...(options.labels === undefined
        ? []
        : [
            { name: 'REVISION', value: options.labels.revision },
            { name: 'CREATED', value: options.labels.created },
            { name: 'SOURCE', value: options.labels.source },
            { name: 'VERSION', value: options.labels.revision },
          ]),
    ],
  });
}

/**
 * The images a caller named, or all.
 * @throws InvalidArguments naming each one that does not exist.
 */
export function chooseImages(names: readonly string[]): readonly ImageDefinition[] {
  const known: readonly ImageDefinition[] = IMAGES;
  const unknown = names.filter((name) => !known.some((image) => image.name === name));
  if (unknown.length > 0) {
    throw new InvalidArguments(
      '--image',
      unknown.map((name) => `there is no image "${name}"`),
      `The images: ${known.map((image) => image.name).join(', ')}`,
    );
  }
  return names.length === 0 ? known : known.filter((image) => names.includes(image.name));
}
