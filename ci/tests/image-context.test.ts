// An image's context holds all its Dockerfile copies, and nothing of another service: so the build works, and a change in one
// service rebuilds that service alone.
import { readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { describe, expect, test } from 'vitest';
import { contextOf } from '../src/images.ts';
import { IMAGES } from '../src/reference.ts';
import type { ImageDefinition } from '../src/reference.ts';

const root = join(import.meta.dirname, '../..');
const images: readonly ImageDefinition[] = IMAGES;

function isIn(image: ImageDefinition, path: string): boolean {
  return contextOf(image).some((pattern) => pattern === path || matchesGlob(path, pattern));
}

/** Files and folders that a Dockerfile copies from its context. */
function copied(image: ImageDefinition): string[] {
  const text = readFileSync(join(root, image.dockerfile), 'utf8');
  return [...text.matchAll(/^COPY (?!--from)(.*)$/gm)].flatMap(([, words = '']) =>
    words.replaceAll('${SERVICE}', image.name).split(/\s+/).slice(0, -1),
  );
}

describe.each(images.map((image) => [image.name, image] as const))('%s', (_, image) => {
  test('what its Dockerfile copies is there', () => {
    const paths = copied(image);
    expect(paths.length).toBeGreaterThan(10);
    for (const path of paths) {
      const present = isIn(image, path) || isIn(image, `${path}/src/main.ts`);
      expect(present, path).toBe(true);
    }
  });

  test('a change of its own source is one of its context', () => {
    for (const folder of image.context) expect(isIn(image, `${folder}/src/a.ts`)).toBe(true);
  });

  test('of the other services, the charts, the tests and the pipeline there are manifests at most', () => {
    const others = images
      .flatMap(({ context }) => context)
      .filter((f) => !image.context.includes(f));
    for (const folder of [...others, 'charts', 'deploy', 'docs', 'e2e', 'bench', 'ci', '.github'])
      expect(isIn(image, `${folder}/src/a.ts`), folder).toBe(false);
    expect(isIn(image, 'README.md')).toBe(false);
  });
});

test('every image gets the same manifests: one install serves them all', () => {
  const manifests = images.map((image) => contextOf(image).filter((p) => p.includes('package')));
  for (const list of manifests) expect(list.slice(0, 4)).toEqual(manifests[0]?.slice(0, 4));
});
