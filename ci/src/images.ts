// Builds the system's images from the same Dockerfiles that `docker build` uses.
import { dag, Container, Directory, Platform } from '@dagger.io/dagger';
import { InvalidArguments } from './arguments.ts';
import { IMAGES } from './reference.ts';
import type { ImageDefinition } from './reference.ts';

/** What an install needs to know of the repository: the same for every image, so that all share one layer. */
export const MANIFESTS = [
  'package.json',
  'package-lock.json',
  '*/package.json',
  'packages/*/package.json',
  'services/*/package.json',
] as const;

/** What of its folder a build runs: one makes one file of a service, one the root of an image. The rest is checks. */
const TOOLS = ['tools/bundle.ts', 'tools/runtime-root.ts'];

/** What of a folder a build reads, by kind: a key, a dump or a note that lies beside it is none. As in .dockerignore. */
const SOURCES = [
  '**/package.json',
  '**/tsconfig.json',
  '**/*.ts',
  'text/compiled/*.json',
  '**/*.tsx',
  '**/*.mjs',
  '**/*.proto',
  '**/migrations/**/*.sql',
  '**/sql/**/*.sql',
  '**/*.css',
  '**/*.svg',
  '**/*.png',
  '**/*.ico',
  '**/*.woff2',
  'public/**/*.js',
] as const;

/** What never reaches a build, whatever its kind: hidden files and folders (.npmrc, .env, .local), and what is made here. */
export const NEVER = [
  '*/**/.*',
  '*/**/.*/**',
  '**/node_modules/**',
  '**/dist/**',
  '**/coverage/**',
  '**/tests/**',
  '**/*.test.ts',
] as const;

/**
 * What of the repository an image is built from, as patterns for Directory.filter, without {@link NEVER}: nothing else is in
 * its context, so a change elsewhere does not rebuild it.
 */
export function contextOf(image: ImageDefinition): string[] {
  return [
    ...MANIFESTS,
    '.dockerignore',
    'tsconfig.base.json',
    image.dockerfile,
    ...TOOLS,
    ...image.context.flatMap((folder) => SOURCES.map((kind) => `${folder}/${kind}`)),
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

/** What images are built from. */
export interface BuildInput {
  /** The repository. */
  readonly source: Directory;
  /** The image that all are made of, by digest; the Dockerfiles' own if not given. */
  readonly nodeImage?: string | undefined;
}

/**
 * A base image that the caller chose.
 * @throws InvalidArguments where it has no digest: a tag may be another image tomorrow
 */
export function chosenNodeImage(reference: string | undefined): string | undefined {
  if (reference === undefined || /^[^\s@]+@sha256:[0-9a-f]{64}$/.test(reference)) return reference;
  throw new InvalidArguments(
    'the module',
    [`--node-image: "${reference}" has no digest: expected NAME:TAG@sha256:…`],
    'See ci/README.md, "Images by digest".',
  );
}

/**
 * One image for one platform. Lazy: built when something asks for its content.
 * @param platform the engine's platform if not given. Install and compile stages run on the engine's platform in any case.
 */
export async function buildImage(
  { source, nodeImage }: BuildInput,
  image: ImageDefinition,
  options: { platform?: string; labels?: ImageLabels } = {},
): Promise<Container> {
  const engine = await dag.defaultPlatform();
  return source.filter({ include: contextOf(image), exclude: [...NEVER] }).dockerBuild({
    dockerfile: image.dockerfile,
    platform: (options.platform ?? engine) as Platform,
    buildArgs: [
      // left alone, the engine takes the target's platform for the build's own and would run npm under emulation
      { name: 'BUILDPLATFORM', value: engine },
      { name: 'SERVICE', value: image.name },
      ...(nodeImage === undefined ? [] : [{ name: 'NODE_IMAGE', value: nodeImage }]),
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
 * @param flag the argument's name as it was typed.
 * @throws InvalidArguments naming each one that does not exist.
 */
export function chooseImages(
  names: readonly string[],
  flag = '--image',
): readonly ImageDefinition[] {
  const known: readonly ImageDefinition[] = IMAGES;
  const unknown = names.filter((name) => !known.some((image) => image.name === name));
  if (unknown.length > 0) {
    throw new InvalidArguments(
      flag,
      unknown.map(
        (name) =>
          `${flag}: there is no image "${name}"; there are ${known.map((image) => image.name).join(', ')}`,
      ),
      '',
    );
  }
  return names.length === 0 ? known : known.filter((image) => names.includes(image.name));
}

/** Platforms that the base image is made for. */
const BASE_PLATFORMS = ['linux/amd64', 'linux/arm64', 'linux/ppc64le', 'linux/s390x'];

/** @throws InvalidArguments for a platform that no image can be built for */
export function checkPlatform(platform: string | undefined): void {
  if (platform === undefined || BASE_PLATFORMS.includes(platform)) return;
  throw new InvalidArguments(
    '--platform',
    [`--platform: "${platform}" is none of ${BASE_PLATFORMS.join(', ')}`],
    '',
  );
}
