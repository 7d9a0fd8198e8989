// Image references as people type them, checked before anything is deployed: a tag stays the text it is, a digest is never
// lost, and what a registry or Kubernetes would refuse later is named now.
import { IMAGE_NAMES } from './services.ts';
import type { ImageName } from './services.ts';

/** Image references by part, each `repository:tag` or `repository@sha256:…`. */
export type Images = Readonly<Record<ImageName, string>>;

/** A reference in its parts; `''` for a tag or digest that is not there. */
export interface ImageParts {
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

/** Host (with port) and path of a name. Capitals are reported before. Source: the grammar of distribution/reference. */
const NAME =
  /^[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?::\d{1,5}(?=\/))?(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/**
 * Splits an image reference, so that a chart gets the tag as the string it is.
 * @throws Error that quotes the reference and says what is wrong with it, such as capitals or a missing tag
 */
export function splitImage(reference: string): ImageParts {
  const wrong = (what: string) => new Error(`image ${JSON.stringify(reference)}: ${what}`);
  const [name = '', digest = '', ...more] = reference.split('@');
  const colon = name.lastIndexOf(':');
  const tagged = colon > name.lastIndexOf('/');
  const repository = tagged ? name.slice(0, colon) : name;
  const tag = tagged ? name.slice(colon + 1) : '';
  if (/[A-Z]/.test(repository) && NAME.test(repository.toLowerCase())) {
    throw wrong(`a name has no capitals; in lower case it is ${repository.toLowerCase()}`);
  }
  if (!NAME.test(repository) || more.length > 0) {
    throw wrong('not a reference such as registry/name:tag');
  }
  if (tag === '' && digest === '') throw wrong('give a tag (name:tag) or a digest');
  if (tag !== '' && !TAG.test(tag)) throw wrong(`${JSON.stringify(tag)} is not a valid tag`);
  if (digest !== '' && !DIGEST.test(digest)) {
    throw wrong(
      DIGEST.test(digest.toLowerCase())
        ? 'a digest has no capitals'
        : 'a digest is sha256: and 64 hexadecimal digits',
    );
  }
  return { repository, tag, digest };
}

/**
 * The images of one build: all six under one prefix and one tag.
 * @param prefixAndTag such as registry.example/todo:1.4.0
 */
export function imagesFromPrefix(prefixAndTag: string): Images {
  const { repository, tag, digest } = splitImage(prefixAndTag);
  if (digest !== '' || tag === '') {
    throw new Error(
      `images ${JSON.stringify(prefixAndTag)}: expected prefix:tag, or a JSON file with a reference for each image`,
    );
  }
  return Object.fromEntries(
    IMAGE_NAMES.map((name) => [name, `${repository}/${name}:${tag}`]),
  ) as Images;
}

/**
 * The images as somebody typed them: `prefix:tag`, or the path of a JSON file by image name.
 * @throws Error that names every missing, unknown or malformed image
 */
export function parseImages(text: string, readFile: (path: string) => string): Images {
  if (!text.endsWith('.json')) return imagesFromPrefix(text);
  let given: unknown;
  try {
    given = JSON.parse(readFile(text));
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'not JSON' : reasonOf(error);
    throw new Error(`${text}: ${reason}`, { cause: error });
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new Error(`${text}: expected an object of image references by name`);
  }
  const entries = Object.entries(given) as [string, unknown][];
  const problems = [
    ...IMAGE_NAMES.filter((name) => !entries.some(([key]) => key === name)).map(
      (name) => `${name} is missing`,
    ),
    ...entries.flatMap(([name, reference]) => {
      if (!(IMAGE_NAMES as readonly string[]).includes(name)) return [`${name} is not an image`];
      if (typeof reference !== 'string') return [`${name} is not a string: quote it`];
      try {
        splitImage(reference);
        return [];
      } catch (error) {
        return [`${name}: ${(error as Error).message}`];
      }
    }),
    ...(entries.length > 1 && new Set(entries.map(([, reference]) => reference)).size === 1
      ? [`every part is ${JSON.stringify(entries[0]?.[1])}: each has an image of its own`]
      : []),
  ];
  if (problems.length > 0) throw new Error(`${text}: ${problems.join('; ')}`);
  return given as Images;
}

/** `no such file` rather than Node's own words, which repeat the path. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'no such file';
  if (code === 'EISDIR') return 'a folder, not a file';
  if (code === 'EACCES' || code === 'EPERM') return 'not readable';
  return code ?? message;
}
