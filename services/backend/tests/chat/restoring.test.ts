// Deleted tasks in the chat: shown, found by words, restored, and never erased.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestChat } from './chat-under-test.ts';
import type { TestChat } from './chat-under-test.ts';

describe('restoring by a sentence', () => {
  let chat: TestChat;
  beforeAll(async () => {
    chat = await startTestChat();
  });
  afterAll(() => chat.close());

  const deleted = async (user: string, ...titles: string[]): Promise<void> => {
    for (const title of titles) {
      const { id } = (await chat.t.ask(user, 'POST', '/tasks', { title }, await chat.headers(user)))
        .body;
      await chat.t.ask(user, 'DELETE', `/tasks/${id}`, undefined, await chat.headers(user));
      chat.now = new Date(chat.now.getTime() + 1_000);
    }
  };

  it.each([
    'restore the dentist',
    'bring back the dentist',
    'bring the dentist back',
    'please recover the dentist task',
    'undelete the deleted task dentist',
    'get the dentist back from the trash',
    'restore the dentist from the trash',
  ])('%s', async (sentence) => {
    const user = sentence.replace(/\W/g, '');
    await deleted(user, 'Call the dentist', 'Sell the car');
    expect((await chat.say(user, sentence)).text).toBe('Restored “Call the dentist”.');
    expect(await chat.titles(user)).toEqual(['Call the dentist']);
    expect((await chat.say(user, 'undo')).text).toContain('Undone');
    expect(await chat.titles(user)).toEqual([]);
  });

  it('asks which one, and the answer restores that one', async () => {
    await deleted('two', 'Buy milk', 'Buy oat milk');
    const { question } = await chat.say('two', 'restore milk');
    expect(question?.choices.map(({ label }) => label.replace(/ \(.*/, ''))).toEqual([
      'Buy oat milk',
      'Buy milk',
    ]);
    await chat.say('two', question?.choices[1]?.send ?? '');
    expect(await chat.titles('two')).toEqual(['Buy milk']);
  });

  it('shows what is in the trash; "the second one" and "it" are of it', async () => {
    expect((await chat.say('list', 'what is in the trash?')).text).toContain('is empty');
    await deleted('list', 'One', 'Two', 'Three');
    const { text } = await chat.say('list', 'show the trash');
    expect(text.match(/(?<=• )“\w+”/g)).toEqual(['“Three”', '“Two”', '“One”']);
    await chat.say('list', 'restore the second one');
    expect(await chat.titles('list')).toEqual(['Two']);
    await chat.say('list', 'delete two');
    await chat.say('list', 'restore it');
    expect(await chat.titles('list')).toEqual(['Two']);
  });

  it('a done task is opened again; what is nowhere is said; nothing is ever erased', async () => {
    const headers = await chat.headers('done');
    const { id } = (await chat.t.ask('done', 'POST', '/tasks', { title: 'Paint' }, headers)).body;
    await chat.t.ask('done', 'POST', `/tasks/${id}/complete`, undefined, headers);
    expect((await chat.say('done', 'restore paint')).text).toContain('Open again');
    expect((await chat.say('done', 'restore the spaceship')).question?.text).toContain(
      'no task that matches',
    );
    await deleted('done', 'Kept');
    for (const sentence of ['empty the trash', 'purge deleted tasks', 'clear my bin'])
      expect((await chat.say('done', sentence)).text).toContain('never erase');
    expect((await chat.say('done', 'show deleted tasks')).text).toContain('Kept');
  });
});
