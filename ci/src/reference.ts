// Names of images: parsed and made in one place, so that a tag like 1234e10 stays text and a digest is never lost.
import { InvalidArguments } from './arguments.ts';

/** The images of the system, by the name they are published under. `context` is what a build of it reads, beside the manifests. */
export const IMAGES = [
  {
    name: 'backend',
    dockerfile: 'services/Dockerfile',
    context: ['packages', 'services/backend'],
  },
  {
    name: 'notification',
    dockerfile: 'services/Dockerfile',
    context: ['packages', 'services/notification'],
  },
  {
    name: 'recurring',
    dockerfile: 'services/Dockerfile',
    context: ['packages', 'services/recurring'],
  },
  {
    name: 'audit',
    dockerfile: 'services/Dockerfile',
    context: ['packages', 'services/audit'],
  },
  {
    name: 'pubsub-postgresql',
    dockerfile: 'services/Dockerfile',
    context: ['packages', 'services/pubsub-postgresql'],
  },
  { name: 'web', dockerfile: 'web/Dockerfile', context: ['packages', 'web'] },
] as const satisfies readonly ImageDefinition[];

/** The charts of a release, as deploy/ names them. */
export const CHARTS = [
  'todo-backend',
  'notification-service',
  'recurring-service',
  'audit-service',
  'todo-frontend',
] as const;

/** What is needed to build one image. */
export interface ImageDefinition {
  readonly name: string;
  /** Path of its Dockerfile from the repository's root. */
  readonly dockerfile: string;
  /** Folders its sources are in. */
  readonly context: readonly string[];
}

/** An image that is in a registry. */
export interface PublishedImage {
  readonly name: string;
  /** With tag and digest: `host/path/backend:0a1b@sha256:…`. The digest is what is deployed, the tag is for people. */
  readonly reference: string;
  readonly digest: string;
}

const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const DIGEST = /^sha256:[a-f0-9]{64}$/;
const REVISION = /^[0-9a-f]{40}$/;

/**
 * The tags an image gets: the commit, `latest`, then the caller's, each once and in that order.
 * @param revision the full commit SHA.
 * @param extra more tags, as text.
 * @throws InvalidArguments naming each tag a registry would refuse.
 */
export function tagsFor(revision: string, extra: readonly string[] = []): string[] {
  const problems: string[] = [];
  if (!REVISION.test(revision))
    problems.push(`revision "${revision}": expected a full commit SHA of 40 hexadecimal digits`);
  problems.push(...tagProblems(extra));
  if (problems.length > 0) throw new InvalidArguments('tags', problems, TAGS);
  return [...new Set([revision, 'latest', ...extra])];
}

/**
 * The caller's own tags, checked.
 * @throws InvalidArguments naming each tag a registry would refuse.
 */
export function extraTags(extra: readonly string[]): readonly string[] {
  const problems = tagProblems(extra);
  if (problems.length > 0) throw new InvalidArguments('tags', problems, TAGS);
  return extra;
}
const TAGS = 'See ci/README.md, "publish".';

function tagProblems(tags: readonly string[]): string[] {
  return tags
    .filter((tag) => !TAG.test(tag))
    .map(
      (tag) =>
        `--tag: "${tag}" is not a valid tag: expected at most 128 letters, digits, _ . -, not starting with . or -`,
    );
}

/** Host (with port) and path of a name. Source: the grammar of distribution/reference. */
const NAME =
  /^[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?::\d{1,5}(?=\/))?(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/;

/**
 * Splits a reference. A port is not a tag: only what follows the last slash is searched.
 * @throws InvalidArguments that quotes it and says what is wrong, capitals among it
 */
export function parseReference(reference: string): {
  repository: string;
  tag?: string;
  digest?: string;
} {
  const [beforeDigest = '', digest] = reference.split('@');
  const slash = beforeDigest.lastIndexOf('/');
  const colon = beforeDigest.indexOf(':', slash + 1);
  const repository = colon === -1 ? beforeDigest : beforeDigest.slice(0, colon);
  const tag = colon === -1 ? undefined : beforeDigest.slice(colon + 1);
  const wrong = (what: string) =>
    new InvalidArguments(
      'image reference',
      [`"${reference}": ${what}`],
      'publish prints such references.',
    );
  if (/[A-Z]/.test(repository) && NAME.test(repository.toLowerCase()))
    throw wrong(`a name has no capitals; in lower case it is ${repository.toLowerCase()}`);
  if (digest !== undefined && !DIGEST.test(digest) && DIGEST.test(digest.toLowerCase()))
    throw wrong('a digest has no capitals');
  if (
    !NAME.test(repository) ||
    (tag !== undefined && !TAG.test(tag)) ||
    (digest !== undefined && !DIGEST.test(digest))
  )
    throw wrong('expected host/path/name:tag@sha256:…');
  return {
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/**
 * Reads the image list that `publish` writes and `deploy` takes: an object of references by image name. Each is checked for
 * its part: publish names an image's repository by the part, and no two parts are one image.
 * @throws InvalidArguments naming each part that is missing, unknown, malformed, without its digest, or another part's.
 */
export function parseImageList(text: string): PublishedImage[] {
  const next = 'Give deploy the file that publish writes: dagger call -o images.json publish …';
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new InvalidArguments('--images', ['--images: not JSON'], next);
  }
  const given: Readonly<Record<string, unknown>> =
    typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  const problems: string[] = [];
  const images: PublishedImage[] = [];
  for (const { name } of IMAGES) {
    const reference = given[name];
    if (typeof reference !== 'string') {
      problems.push(`--images: no image "${name}"`);
      continue;
    }
    try {
      images.push(publishedImage(name, reference, images));
    } catch (error) {
      if (!(error instanceof InvalidArguments)) throw error;
      problems.push(...error.problems.map((problem) => `--images: image "${name}" ${problem}`));
    }
  }
  const known: readonly string[] = IMAGES.map(({ name }) => name);
  for (const name of Object.keys(given).filter((key) => !known.includes(key)))
    problems.push(`--images: "${name}" is not an image: ${known.join(', ')}`);
  if (problems.length > 0) throw new InvalidArguments('--images', problems, next);
  return images;
}

function publishedImage(
  name: string,
  reference: string,
  others: readonly PublishedImage[],
): PublishedImage {
  const { repository, digest } = parseReference(reference);
  const wrong = (what: string) => new InvalidArguments('--images', [what], '');
  if (digest === undefined) throw wrong(`has no digest: ${reference}`);
  if (repository.split('/').at(-1) !== name)
    throw wrong(`is ${reference}: expected a repository whose name ends with /${name}`);
  const same = others.find((other) => other.digest === digest);
  if (same !== undefined) throw wrong(`is the same as image "${same.name}": ${reference}`);
  return { name, reference, digest };
}

/** The list as `publish` prints it: JSON, one image a line. */
export function formatImageList(
  images: readonly Pick<PublishedImage, 'name' | 'reference'>[],
): string {
  return `${JSON.stringify(Object.fromEntries(images.map(({ name, reference }) => [name, reference])), null, 2)}\n`;
}
