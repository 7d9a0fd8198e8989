// Slips of the fingers in words that say when: corrected where the line then says a time, shown, taken back, and never a word
// that is right as it is.
import { describe, expect, it } from 'vitest';
import { parseQuickAdd } from '../../src/quick-add/parse-quick-add.ts';
import { understand } from '../../src/quick-add/understand.ts';

const now = new Date('2027-05-19T10:00:00Z'); // a Wednesday
const context = { now, zone: 'Europe/Berlin', locale: 'en-GB' };
const read = (text: string, locale = 'en-GB') =>
  parseQuickAdd(text, { ...context, locale }, { corrects: true });
const dateOf = (text: string, locale?: string) => {
  const { due } = read(text, locale);
  return due?.kind === 'date' ? due.date : due?.kind === 'local' ? due.local : null;
};

describe('slips of the fingers', () => {
  it.each([
    ['Call the dentist tomorow', 'Call the dentist', '2027-05-20'],
    ['Call the dentist tommorow at 9', 'Call the dentist', '2027-05-20T09:00'],
    ['tomorrw call mum', 'call mum', '2027-05-20'],
    ['Pay rent on firday', 'Pay rent', '2027-05-21'],
    ['wensday gym at 18:00', 'gym', null],
    ['Book a table satruday', 'Book a table', '2027-05-22'],
    ['Renew it 3 Febuary', 'Renew it', '2028-02-03'],
    ['Post the parcel tody', 'Post the parcel tody', null],
    ['Post the parcel todya', 'Post the parcel', '2027-05-19'],
    ['Water roses every mondey #home', 'Water roses', '2027-05-24'],
    ['Send the slides tonigt', 'Send the slides', '2027-05-19T20:00'],
  ])('%s', (line, title, due) => {
    const parsed = read(line);
    expect(parsed.title).toBe(title);
    if (due !== null) expect(dateOf(line)).toBe(due);
    const corrected = parsed.understood.filter((piece) => piece.corrected !== undefined);
    expect(corrected).toHaveLength(title === line ? 0 : 1);
    for (const { start, end, text } of parsed.understood) expect(line.slice(start, end)).toBe(text);
  });

  it('of two slips the one that says when is corrected, and the other stays', () => {
    const parsed = read('Read about sundat every fridya at 9');
    expect(parsed.recurrence?.rule).toContain('BYDAY=FR');
    expect(parsed.title).toBe('Read about sundat');
    expect(parsed.understood.map(({ text, corrected }) => corrected && text)).toContain(
      'every fridya',
    );
  });

  it.each([
    'Eat an ice cream sundae',
    'Sundry bills',
    'Write to Mandy',
    'Montage bauen',
    'Buy #tomorow pens',
    'Read "tomorow never dies"',
    'Mail tomorow@example.com',
    'Call Marty and Friedl',
    'Paint the sunroom',
    'Tomorrows party hats',
  ])('%s stays as it is', (line) => {
    const parsed = read(line);
    expect(parsed.understood.filter(({ corrected }) => corrected !== undefined)).toEqual([]);
    expect(parsed.due).toBe(parseQuickAdd(line, context).due);
  });

  it('in German and French too, by the person’s locale', () => {
    expect(dateOf('Müll rausbringen donerstag', 'de')).toBe('2027-05-20');
    expect(dateOf('Anrufen morgn', 'de')).toBe('2027-05-20');
    expect(dateOf('Appeler maman demian', 'fr')).toBe('2027-05-20');
    expect(dateOf('Anrufen tomorow', 'de')).toBe('2027-05-20');
  });

  it('what is taken back stays in the title as typed', () => {
    const text = 'Call mum tomorow at 9';
    const first = understand({ text, ignore: [] }, context, []);
    const piece = first.understood.find(({ corrected }) => corrected !== undefined);
    expect(piece).toMatchObject({ text: 'tomorow at 9', corrected: 'tomorrow at 9' });
    const { start, end } = piece ?? { start: 0, end: 0 };
    const again = understand({ text, ignore: [{ start, end }] }, context, []);
    expect(again.task).toMatchObject({ title: text, due: null });
    const word = understand({ text, ignore: [{ start: 9, end: 16 }] }, context, []);
    expect(word.task.title).toBe('Call mum tomorow');
  });

  it('a line without the option is read as before', () => {
    expect(parseQuickAdd('Call mum tomorow', context).due).toBe(null);
  });
});

describe('words that were not read', () => {
  const unread = (text: string) =>
    understand({ text, ignore: [] }, context, []).unread.map((piece) => piece.text);

  it.each([
    ['Buy milk', []],
    ['Buy milk tomorrow', []],
    ['Buy milk !urgent', ['!urgent']],
    ['Buy milk !high', []],
    ['Call after friday', ['friday']],
    ['Pay the bill from yesterday', ['yesterday']],
    ['Answer the mail asap', ['asap']],
    ['Wow! what a day', []],
    ['Friday the 13th movie night tomorrow', []],
    ['Say "every day" aloud', []],
  ])('%s: %j', (line, words) => {
    expect(unread(line)).toEqual(words);
  });

  it('words that were taken back are not marked again', () => {
    const text = 'Call mum friday';
    expect(understand({ text, ignore: [{ start: 9, end: 15 }] }, context, []).unread).toEqual([]);
  });
});
