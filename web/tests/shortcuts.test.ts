// Which key does what, on keyboards of several kinds.
import { expect, test } from 'vitest';
import { SHORTCUTS, shortcutOf, type Key } from '@/lib/shortcuts';
import { keyboardTextFor } from '@/text/keyboard';

const key = (name: string, more: Partial<Key> = {}): Key => ({
  key: name,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...more,
});
const read = (name: string, more: Partial<Key> = {}, before = '') => {
  const found = shortcutOf(key(name, more), before);
  return found === undefined ? undefined : 'shortcut' in found ? found.shortcut : found.begins;
};

test.each([
  ['k', { ctrlKey: true }, 'palette'],
  ['k', { metaKey: true }, 'palette'],
  ['z', { ctrlKey: true }, 'undo'],
  ['?', { shiftKey: true }, 'help'],
  ['?', {}, 'help'],
  ['/', { shiftKey: true }, 'search'],
  ['x', {}, 'complete'],
  ['k', {}, 'previous'],
  ['ArrowDown', {}, 'next'],
  ['Delete', {}, 'delete'],
] as const)('%s with %o: %s', (name, more, expected) => {
  expect(read(name, more)).toBe(expected);
});

test.each([
  ['X', { shiftKey: true }],
  ['z', { ctrlKey: true, shiftKey: true }],
  ['x', { ctrlKey: true }],
  ['x', { altKey: true }],
  ['ArrowDown', { shiftKey: true }],
  ['Shift', { shiftKey: true }],
  ['Tab', {}],
  [' ', {}],
  ['Enter', {}],
] as const)('%s with %o is not ours', (name, more) => {
  expect(read(name, more)).toBeUndefined();
});

test('a sequence: both keys, another second key, or a second key that means something alone', () => {
  expect(read('g')).toBe('G');
  expect(read('u', {}, 'G')).toBe('goUpcoming');
  expect(read('x', {}, 'G')).toBe('complete');
  expect(read('q', {}, 'G')).toBeUndefined();
  expect(read('g', {}, 'G')).toBe('G');
});

test('no two shortcuts share a key, none begins another, and each has its words', () => {
  const all = SHORTCUTS.flatMap(({ keys }) => keys);
  expect(new Set(all).size).toBe(all.length);
  for (const one of all) expect(all.filter((other) => other.startsWith(`${one} `))).toEqual([]);
  for (const { shortcut } of SHORTCUTS)
    expect(keyboardTextFor('en').shortcuts[shortcut]).toMatch(/\w/);
});
