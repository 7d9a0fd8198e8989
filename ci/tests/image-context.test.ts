// An image's context holds all its Dockerfile copies, and nothing of another service: so the build works, and a change in one
// service rebuilds that service alone.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { describe, expect, test } from 'vitest';
import { contextOf, NEVER } from '../src/images.ts';
import { IMAGES } from '../src/reference.ts';
import { dockerIgnores } from './docker-ignore.ts';
import type { ImageDefinition } from '../src/reference.ts';

const root = join(import.meta.dirname, '../..');
const images: readonly ImageDefinition[] = IMAGES;

function isIn(image: ImageDefinition, path: string): boolean {
  const matches = (pattern: string) => pattern === path || matchesGlob(path, pattern);
  return contextOf(image).some(matches) && !NEVER.some(matches);
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
      const present = [path, `${path}/src/main.ts`, `${path}/app/page.tsx`].some((one) =>
        isIn(image, one),
      );
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
  for (const list of manifests) expect(list.slice(0, 3)).toEqual(manifests[0]?.slice(0, 3));
});

/** What lies about in working copies: secrets of people and tools, dumps, notes. */
const STRAY = [
  ...['.npmrc', '.env', '.env.production', '.netrc', '.local/state.json', '.git-credentials'],
  ...['server.pem', 'tls.key', 'cert.p12', 'id_rsa', 'kubeconfig', 'kubeconfig.yaml', 'kube.conf'],
  ...['secrets.json', 'service-account.json', 'database-url', 'database-url.txt', 'dump.sql'],
  ...[
    'notes.md',
    'backup.tar.gz',
    'app.log',
    'data.sqlite',
    '.aws/credentials',
    '.docker/config.json',
  ],
  ...['src/.env', 'src/.npmrc', 'src/deep/er/.env.local', 'src/deep/key.pem', 'src/secrets.json'],
  ...['.hidden.ts', '.local/src/main.ts', 'node_modules/x/index.ts', 'tests/a.ts', 'src/a.test.ts'],
];
const ignored = dockerIgnores(readFileSync(join(root, '.dockerignore'), 'utf8'));

describe('what lies beside the sources never reaches a build', () => {
  const folders = [...new Set(images.flatMap(({ context }) => context))];
  test.each(STRAY)('%s', (name) => {
    for (const folder of folders) {
      expect(ignored(`${folder}/${name}`), `.dockerignore, ${folder}`).toBe(true);
      for (const image of images)
        expect(isIn(image, `${folder}/${name}`), `${image.name}, ${folder}`).toBe(false);
    }
  });
  test.each(['.npmrc', '.env', 'key.pem', 'images.json', '.git/config', 'database-url'])(
    'in the repository’s root: %s',
    (name) => {
      expect(ignored(name)).toBe(true);
      for (const image of images) expect(isIn(image, name), image.name).toBe(false);
    },
  );
  test('no Dockerfile asks for an .npmrc', () => {
    for (const image of images) expect(copied(image).join(' ')).not.toContain('.npmrc');
  });
});

test('everything that is tracked and that a build reads is in its context, by both ways to build', () => {
  const tracked = execFileSync('git', ['ls-files', ...images.flatMap(({ context }) => context)], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\n')
    .filter(Boolean)
    // commands and suites of a working copy, and what only linters and people read
    .filter(
      (path) => !/(^|\/)(tests|certification|conformance|quickstarts|scripts|testing)\//.test(path),
    )
    .filter(
      (path) =>
        !/(\.test\.ts|\.md|\/Dockerfile|\/LICENSE|\/metadata\.yaml|\/eslint\.config\.js|\.sh)$/.test(
          path,
        ),
    );
  expect(tracked.length).toBeGreaterThan(200);
  const missing = tracked.filter(
    (path) => ignored(path) || !images.some((image) => isIn(image, path)),
  );
  expect(missing).toEqual([]);
});
