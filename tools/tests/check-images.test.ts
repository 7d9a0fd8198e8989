// Images of others by digest: every place that can name one, what is no image, and a list of exceptions that only gets shorter.
import { expect, test } from 'vitest';
import { imageProblems, imagesIn } from '../check-images.ts';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;
const PINNED = `node:24-bookworm-slim@${DIGEST}`;
const references = (file: string, text: string) =>
  imagesIn(file, text).map(({ reference }) => reference);

test.each<[string, string, string[]]>([
  ['a plain FROM', 'FROM node:24', ['node:24']],
  ['no tag at all', 'FROM node', ['node']],
  ['an argument', 'ARG BASE=node:24\nFROM ${BASE}', ['node:24']],
  ['a quoted argument', 'ARG BASE="node:24"\nFROM $BASE', ['node:24']],
  ['a default in place', 'FROM ${BASE:-node:24}', ['node:24']],
  ['a part of a reference', 'ARG TAG=24\nFROM node:${TAG}-slim', ['node:24-slim']],
  ['an argument without a default', 'ARG BASE\nFROM ${BASE}', ['']],
  ['a platform and a stage', 'FROM --platform=$BUILDPLATFORM node:24 AS build', ['node:24']],
  ['lower case', 'from node:24 as build', ['node:24']],
  ['a continued line', 'FROM \\\n# why\n  node:24 \\\n  AS build', ['node:24']],
  ['stages and nothing', 'FROM node:24 AS one\nFROM one\nFROM scratch', ['node:24']],
  ['a copy from an image', 'FROM scratch\nCOPY --from=node:24 /a /b', ['node:24']],
  ['copies from stages', 'FROM scratch AS one\nCOPY --from=one /a /b\nCOPY --from=0 /c /d', []],
  ['a mount', 'FROM scratch\nRUN --mount=type=bind,from=node:24,target=/x ls', ['node:24']],
  ['a syntax line', '# syntax=docker/dockerfile:1\nFROM scratch', ['docker/dockerfile:1']],
  ['comments', '# FROM node:20\nFROM scratch', []],
  ['a digest', `FROM ${PINNED}`, [PINNED]],
])('%s in a Dockerfile', (_what, text, expected) => {
  for (const file of ['Dockerfile', 'web/Dockerfile', 'Dockerfile.dev', 'build.Dockerfile'])
    expect(references(file, text)).toEqual(expected);
});

test('images of manifests and of the pipeline; templates and the system’s own name none', () => {
  const manifest = [
    'image: postgres:18',
    "  - image: 'a/b:1' # why",
    '    image: {{ include "common.imageReference" . }}',
    'image: IMAGE',
    'image:',
    '  repository: todo/web',
    `image: ${PINNED}`,
  ].join('\n');
  expect(references('charts/x.yaml', manifest)).toEqual(['postgres:18', 'a/b:1', PINNED]);
  const constants = [
    "export const NODE = 'node:24';",
    "export const LOCAL = 'localhost:5000/node:24';",
    "export const REPOSITORY = 'rancher/k3s';",
    `export const PINNED = '${PINNED}';`,
  ].join('\n');
  const found = references('ci/src/versions.ts', constants);
  expect(found).toEqual(['node:24', 'localhost:5000/node:24', PINNED]);
  expect(references('README.md', manifest)).toEqual([]);
});

test('refuses an image without a digest, with its place, and one with a digest that is none', () => {
  const files = new Map([
    ['a/Dockerfile', `FROM ${PINNED}\nFROM node:24`],
    ['b.yaml', `kind: Pod\nimage: node:24@sha256:${'0'.repeat(63)}`],
    ['c/Dockerfile', 'ARG X\nFROM $X'],
    ['d.yaml', `image: node@${DIGEST.toUpperCase()}`],
  ]);
  expect(imageProblems(files, [])).toEqual([
    'a/Dockerfile:2: node:24: expected a digest (name:tag@sha256:…)',
    `b.yaml:2: node:24@sha256:${'0'.repeat(63)}: expected a digest (name:tag@sha256:…)`,
    'c/Dockerfile:2: an image without a default: expected a digest (name:tag@sha256:…)',
    `d.yaml:1: node@${DIGEST.toUpperCase()}: expected a digest (name:tag@sha256:…)`,
  ]);
});

test('an exception holds for one reference, and goes when nothing needs it', () => {
  const files = (image: string) => new Map([['Dockerfile', `FROM ${image}`]]);
  expect(imageProblems(files('node:24'), ['node:24'])).toEqual([]);
  expect(imageProblems(files('node:25'), ['node:24'])).toHaveLength(2);
  expect(imageProblems(files(PINNED), ['node:24-bookworm-slim'])).toEqual([
    'tools/images-without-digest.ts: nothing needs node:24-bookworm-slim',
  ]);
});
