// Text that people write: what shows something, how long it is, and how it stands in a sentence.
import { describe, expect, it } from 'vitest';
import { storableText, visibleText } from '../src/task.ts';
import { isolated, lengthOf, shortened, showsSomething } from '../src/text.ts';

const FSI = '\u2068';
const PDI = '\u2069';
const RLO = '\u202E';

describe('showsSomething', () => {
  it.each([
    ['nothing', ''],
    ['spaces', ' \t\n\u00A0\u3000\u1680\u205F'],
    ['zero width space, joiners, byte order mark', '\u200B\u200C\u200D\uFEFF\u2060'],
    ['bidirectional controls', '\u202E\u202C\u2066\u2069\u200E\u200F\u061C'],
    ['soft hyphen and combining grapheme joiner', '\u00AD\u034F'],
    ['Hangul fillers', '\u115F\u1160\u3164\uFFA0'],
    ['Braille blank', '\u2800\u2800'],
    ['Khmer inherent vowels', '\u17B4\u17B5'],
    ['variation selectors', '\uFE0F\uFE00\u{E0100}\u180B'],
    ['tag characters', '\u{E0068}\u{E0069}\u{E007F}'],
    ['musical format characters and the null notehead', '\u{1D173}\u{1D17A}\u{1D159}'],
    ['invisible operators', '\u2061\u2062\u2063\u2064'],
    ['interlinear annotation', '\uFFF9\uFFFA\uFFFB'],
    ['Egyptian blanks and joiners', '\u{13441}\u{13442}\u{13430}'],
    ['shorthand format controls', '\u{1BCA0}\u{1BCA3}'],
    ['combining marks with nothing to stand on', '\u0301\u0308 \u20DD'],
    ['control characters', '\u0001\u001B\u0085\u009F'],
    ['noncharacters', '\uFFFE\uFFFF\u{1FFFE}\uFDD0'],
    ['a mix of them', ' \u200B\uFE0F\u3164\u0301\u{E0020}'],
  ])('%s: no', (_, text) => {
    expect(showsSomething(text)).toBe(false);
    expect(visibleText(500).safeParse(text).success).toBe(false);
  });

  it.each([
    'a',
    '0',
    '.',
    '牛',
    'ש',
    '가',
    'ᄀ', // a Hangul letter beside its fillers
    '⠁', // Braille, not blank
    '👨‍👩‍👧',
    '❤️',
    '🏴\u{E0067}\u{E0062}\u{E007F}',
    'e\u0301',
    `\u200B${RLO}x`,
    '\uFFFD',
    '\uE000', // private use: some fonts show it
  ])('%s: yes', (text) => {
    expect(showsSomething(text)).toBe(true);
    expect(visibleText(500).parse(text)).toBe(text);
  });
});

describe('length', () => {
  it('counts code points, as PostgreSQL and JSON Schema do', () => {
    expect(lengthOf('')).toBe(0);
    expect(lengthOf('abc')).toBe(3);
    expect(lengthOf('🌍🌍')).toBe(2);
    expect(lengthOf('e\u0301')).toBe(2);
    expect(lengthOf('\uD83C')).toBe(1);
    expect(lengthOf('x\uDF0D🌍')).toBe(3);
    for (const text of ['a🌍b', '👨‍👩‍👧', '\uD83Cx', '🌍'.repeat(501)])
      expect(lengthOf(text)).toBe(Array.from(text).length);
  });

  it('a limit is a number of code points', () => {
    expect(storableText(3).safeParse('🌍🌍🌍').success).toBe(true);
    expect(storableText(3).safeParse('🌍🌍🌍🌍').error?.issues[0]?.message).toBe(
      'at most 3 characters',
    );
    expect(shortened('🌍🌍🌍', 2)).toBe('🌍🌍');
    expect(shortened('a🌍', 2)).toBe('a🌍');
    expect(shortened('abc', 5)).toBe('abc');
    expect(shortened('🌍', 0)).toBe('');
  });
});

describe('isolated', () => {
  it('leaves text alone that can not move its neighbours', () => {
    for (const text of ['Buy milk', '牛乳 🥛', 'Ärger', '12:30', ''])
      expect(isolated(text)).toBe(text);
  });

  it.each([
    ['Hebrew', 'שלום', 'שלום'],
    ['Arabic digits', '٣', '٣'],
    ['an override that is never closed', `${RLO}abc`, `${RLO}abc\u202C`],
    ['embeddings in each other', '\u202Aa\u202Bb', '\u202Aa\u202Bb\u202C\u202C'],
    ['an isolate that is never closed', '\u2067abc', '\u2067abc\u2069'],
    ['closing what was never opened', `a${PDI}${PDI}\u202Cb`, 'ab'],
    ['an isolate ends the embeddings in it', `\u2066${RLO}a${PDI}b`, `\u2066${RLO}a\u202C${PDI}b`],
    [
      'an embedding is not closed from within an isolate',
      `${RLO}\u2066a\u202Cb`,
      `${RLO}\u2066ab${PDI}\u202C`,
    ],
    ['a paragraph would end the isolate', `a\n${RLO}b`, `a ${RLO}b\u202C`],
    ['balanced text stays as it is', `\u2066a${PDI}\u200F`, `\u2066a${PDI}\u200F`],
  ])('%s', (_, text, inner) => {
    expect(isolated(text)).toBe(`${FSI}${inner}${PDI}`);
  });

  it('is balanced for any mix of controls', () => {
    const controls = Array.from('\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069x');
    let seed = 7;
    for (let round = 0; round < 2_000; round += 1) {
      let text = '';
      for (let index = 0; index < 12; index += 1) {
        seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
        text += controls[Math.floor(seed / 65_536) % controls.length] ?? '';
      }
      const open: string[] = [];
      for (const char of isolated(`${RLO}${text}`)) {
        if (/[\u202A\u202B\u202D\u202E]/.test(char)) open.push('\u202C');
        else if (/[\u2066-\u2068]/.test(char)) open.push(PDI);
        else if (char === '\u202C' || char === PDI) expect(open.pop()).toBe(char);
      }
      expect(open).toEqual([]);
    }
  });
});
