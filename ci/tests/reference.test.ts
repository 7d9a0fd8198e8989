// Tags stay text, digests are never lost.
import { describe, expect, test } from 'vitest';
import {
  formatImageList,
  IMAGES,
  parseImageList,
  parseReference,
  tagsFor,
} from '../src/reference.ts';

const REVISION = '0a1b2c3d4e5f60718293a4b5c6d7e8f901234567';
const DIGEST = `sha256:${'ab'.repeat(32)}`;
const LIST = IMAGES.map(({ name }) => ({
  name,
  reference: `fra.ocir.io/ns/todo/${name}:${REVISION}@${DIGEST}`,
  digest: DIGEST,
}));

describe('tags', () => {
  test('the commit first, then latest, then the caller’s, each once', () => {
    expect(tagsFor(REVISION, ['v1.2.3', 'latest', 'v1.2.3'])).toEqual([
      REVISION,
      'latest',
      'v1.2.3',
    ]);
  });
  test.each([['3806521'], ['58467965'], ['0474915'], ['1234e10'], ['1.10']])(
    'D01: %s stays as it is typed',
    (tag) => {
      expect(tagsFor(REVISION, [tag])).toContain(tag);
      expect(parseReference(`host/x:${tag}`).tag).toBe(tag);
    },
  );
  test('names every tag a registry would refuse', () => {
    expect(() => tagsFor('abc', ['.x', 'a b', 'a'.repeat(129)])).toThrow(
      /4 arguments are missing or wrong/,
    );
  });
});

describe('references', () => {
  test.each([
    ['localhost:5000/todo/backend', { repository: 'localhost:5000/todo/backend' }],
    ['localhost:5000/todo/backend:1', { repository: 'localhost:5000/todo/backend', tag: '1' }],
    [`host/x@${DIGEST}`, { repository: 'host/x', digest: DIGEST }],
    [`host:1/x:t@${DIGEST}`, { repository: 'host:1/x', tag: 't', digest: DIGEST }],
  ])('%s', (text, parts) => {
    expect(parseReference(text)).toEqual(parts);
  });
  test.each([[''], ['host/x:'], ['host/x@sha256:12']])('refuses "%s"', (text) => {
    expect(() => parseReference(text)).toThrow(/expected host\/path\/name:tag/);
  });
});

describe('the list that publish gives to deploy', () => {
  test('comes back as it went', () => {
    expect(parseImageList(formatImageList(LIST))).toEqual(LIST);
  });
  test('names every image that is missing or has no digest', () => {
    const text = formatImageList([{ name: 'backend', reference: 'host/backend:1' }]);
    expect(() => parseImageList(text)).toThrow(/6 arguments[\s\S]*no image "web"/);
    expect(() => parseImageList(text)).toThrow(/image "backend" has no digest: host\/backend:1/);
  });
  test.each([['not JSON'], ['null'], ['[]']])('refuses %s', (text) => {
    expect(() => parseImageList(text)).toThrow(/--images/);
  });
});
