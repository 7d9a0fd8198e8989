// Tags stay text, digests are never lost.
import { describe, expect, test } from 'vitest';
import { CHARTS as DEPLOYED_CHARTS } from '../../deploy/src/plan/services.ts';
import {
  CHARTS,
  formatImageList,
  IMAGES,
  parseImageList,
  parseReference,
  tagsFor,
} from '../src/reference.ts';

const REVISION = '0a1b2c3d4e5f60718293a4b5c6d7e8f901234567';
const DIGEST = `sha256:${'ab'.repeat(32)}`;
const digestOf = (index: number) => `sha256:${String(index).repeat(64)}`;
const LIST = IMAGES.map(({ name }, index) => ({
  name,
  reference: `fra.ocir.io/ns/todo/${name}:${REVISION}@${digestOf(index)}`,
  digest: digestOf(index),
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
  test.each([
    ['HOST.io/x:1', 'host.io/x'],
    ['host.io/Team/x', 'host.io/team/x'],
    [`host/X@${DIGEST}`, 'host/x'],
  ])('N50: names the capitals of %s', (text, lower) => {
    expect(() => parseReference(text)).toThrow(`no capitals; in lower case it is ${lower}`);
  });
  test.each([[''], ['host/x:'], ['host/x@sha256:12'], ['host/a b:1'], ['https://host/x:1']])(
    'refuses "%s"',
    (text) => {
      expect(() => parseReference(text)).toThrow(/expected host\/path\/name:tag/);
    },
  );
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
  test('N50: each malformed one is named, and hides no other', () => {
    const text = JSON.stringify({
      backend: `ghcr.io/MyOrg/todo/backend:1@${digestOf(0)}`,
      notification: `ghcr.io/o/notification:1@${digestOf(1).toUpperCase()}`,
      recurring: 'ghcr.io/o/recurring :1',
      audit: `ghcr.io/o/audit:1@${digestOf(3)}`,
      'pubsub-postgresql': 7,
      web: `nginx:1@${digestOf(5)}`,
      frontend: 'x',
    });
    expect(() => parseImageList(text)).toThrow(/6 arguments/);
    expect(() => parseImageList(text)).toThrow(
      /image "backend" .*no capitals; in lower case it is ghcr\.io\/myorg\/todo\/backend[\s\S]*image "notification" .*a digest has no capitals[\s\S]*image "recurring" .*expected host[\s\S]*no image "pubsub-postgresql"[\s\S]*image "web" is nginx:1@.*ends with \/web[\s\S]*"frontend" is not an image/,
    );
  });
  test('six times one image is no release', () => {
    const same = (name: string) => [name, `ghcr.io/o/${name}:1@${DIGEST}`];
    const text = JSON.stringify(Object.fromEntries(IMAGES.map(({ name }) => same(name))));
    expect(() => parseImageList(text)).toThrow(
      /5 arguments[\s\S]*image "web" is the same as image "backend"/,
    );
    const nginx = JSON.stringify(
      Object.fromEntries(IMAGES.map(({ name }) => [name, `nginx:1@${DIGEST}`])),
    );
    expect(() => parseImageList(nginx)).toThrow(/6 arguments/);
  });
  test.each([['not JSON'], ['null'], ['[]']])('refuses %s', (text) => {
    expect(() => parseImageList(text)).toThrow(/--images/);
  });
});

test('the charts are those that deploy knows', () => {
  expect([...CHARTS].sort()).toEqual([...DEPLOYED_CHARTS].sort());
});
