// A field takes as many code points as the API does, and never loses the end of what was there.
import { expect, it } from 'vitest';
import { limitedText } from '@/lib/limited-text';

it('counts code points, as the API does', () => {
  expect(limitedText('', '🌍'.repeat(500), 500)).toBe('🌍'.repeat(500));
  expect(limitedText('', '🌍'.repeat(501), 500)).toBe('🌍'.repeat(500));
});

it('cuts what is put in, not the end of the text', () => {
  expect(limitedText('abcde', 'abXcde', 5)).toBe('abcde');
  expect(limitedText('abcd', 'abXYcd', 5)).toBe('abXcd');
  expect(limitedText('abcd', 'ab🌍🌍cd', 5)).toBe('ab🌍cd');
  expect(limitedText('aaa', 'aaaaaa', 4)).toBe('aaaa');
  expect(limitedText('ab', 'xyzxyzab', 5)).toBe('xyzab');
});

it('a text that was longer already can get shorter', () => {
  expect(limitedText('abcdefgh', 'abcdefg', 5)).toBe('abcde');
  expect(limitedText('abcdefgh', 'abc', 5)).toBe('abc');
});
