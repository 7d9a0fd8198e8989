// What the word at the cursor of a quick-add line may become.
import { describe, expect, test } from 'vitest';
import { completed, completionsAt } from '@/lib/completions';
import { quickAddHelp } from '@/text/en-quick-add-help';

const sources = {
  tags: ['home', 'Homework', 'two words', 'café', 'a"b'],
  lists: ['Shopping', 'Boat trip', '2027'],
  whens: quickAddHelp.whens,
};
const texts = (line: string, cursor = line.length) =>
  completionsAt(line, cursor, sources).map(({ text }) => text);

describe('completions', () => {
  test.each([
    ['Buy milk #', ['#home', '#Homework', '#"two words"', '#café']],
    ['Buy milk #ho', ['#home', '#Homework']],
    ['Buy milk #work', ['#Homework']],
    ['Buy milk #cafe', ['#café']],
    ['Buy milk #"tw', ['#"two words"']],
    ['#home', ['#Homework']],
    ['Buy milk +', ['+Shopping', '+"Boat trip"', '+"2027"']],
    ['Buy milk !', ['!high', '!medium', '!low']],
    ['Buy milk !m', ['!medium']],
    ['Buy milk !high', []],
    ['Buy milk tom', ['tomorrow', 'tomorrow morning']],
    ['Buy milk tomorrow', []],
    ['Buy milk next', ['next week', 'next month']],
    ['Gym every mon', ['every month', 'every monday']],
    ['Gym Eve', ['every day', 'every weekday', 'every week', 'every month', 'every monday']],
    ['Buy milk to', []],
    ['C#', []],
    ['mail me@home', []],
    ['', []],
  ])('%s: %j', (line, wanted) => {
    expect(texts(line)).toEqual(wanted);
  });

  test('only at the end of a word', () => {
    expect(texts('Buy #home now', 7)).toEqual([]);
    expect(texts('Buy #ho now', 7)).toEqual(['#home', '#Homework']);
  });

  test('a completion takes the place of the word, with one blank behind it', () => {
    const line = 'Buy #ho now';
    const [first] = completionsAt(line, 7, sources);
    expect(first && completed(line, first)).toEqual({ line: 'Buy #home now', cursor: 10 });
    const quoted = 'Buy #"tw';
    const [second] = completionsAt(quoted, 8, sources);
    expect(second && completed(quoted, second)).toEqual({ line: 'Buy #"two words" ', cursor: 17 });
    const when = 'Gym every mon';
    const [, third] = completionsAt(when, 13, sources);
    expect(third && completed(when, third)).toEqual({ line: 'Gym every monday ', cursor: 17 });
  });
});
