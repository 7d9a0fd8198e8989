// Filters in the chat: the saved ones by name, and the language itself.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestChat } from './chat-under-test.ts';
import type { TestChat } from './chat-under-test.ts';

describe('filters in the chat', () => {
  let chat: TestChat;
  beforeAll(async () => {
    chat = await startTestChat();
    for (const line of ['sweep friday #home !high', 'read #home', 'post letters monday'])
      await chat.say('anna', `add ${line}`);
    const headers = await chat.headers('anna');
    for (const [name, filter] of [
      ['Soon', 'due before sunday'],
      ['At home', '#home'],
    ])
      await chat.t.ask('anna', 'POST', '/filters', { name, filter }, headers);
  });
  afterAll(() => chat.close());

  const cardTitles = async (text: string) => {
    const { cards } = await chat.say('anna', text);
    return cards.flatMap(({ tasks }) => tasks.map(({ title }) => title));
  };

  it.each([
    ['show my filter soon', ['sweep']],
    ['Show me the At home filter', ['sweep', 'read']],
    ['please open filter "at home"', ['sweep', 'read']],
    ['filter: not #home', ['post letters']],
    ['show tasks matching due before sunday & !high | no date', ['sweep', 'read']],
    ['show my tasks where not (#home | !high)', ['post letters']],
    ['show #home & !high', ['sweep']],
    ['list not #home', ['post letters']],
    ['show tasks due before saturday', ['sweep']],
  ])('%s', async (text, titles) => {
    expect(await cardTitles(text)).toEqual(titles);
  });

  it('names the filters, and says what it can’t read', async () => {
    expect((await chat.say('anna', 'which filters do I have?')).text).toBe(
      '• Soon: due before sunday\n• At home: #home',
    );
    const wrong = await chat.say('anna', 'show my filter garden');
    expect(wrong.cards).toEqual([]);
    expect(wrong.question?.text).toMatch(
      /no filter named “garden”\. There are “Soon”, “At home”\..*expected a condition/,
    );
    expect(wrong.question?.choices.map(({ send }) => send)).toEqual([
      'show my filter Soon',
      'show my filter At home',
    ]);
    expect((await chat.say('bea', 'show filters')).text).toBe('No filter is saved yet.');
  });
});
