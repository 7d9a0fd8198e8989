// A sample of the dialogues with the built-in assistant. All of them: `npm run dialogues`.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestChat } from './chat-under-test.ts';
import type { TestChat } from './chat-under-test.ts';
import { ASIDE, readDialogues, readWorld } from './dialogues/corpus.ts';
import { play } from './dialogues/play.ts';
import type { Played } from './dialogues/play.ts';

/** Every so many of the dialogues: about forty. */
const EVERY = 7;

describe('dialogues with the built-in assistant', () => {
  let chat: TestChat;
  const played: Played[] = [];
  beforeAll(async () => {
    chat = await startTestChat();
    const world = readWorld();
    const all = readDialogues().filter(({ kind }) => kind !== ASIDE);
    for (const [index, dialogue] of all.entries())
      if (index % EVERY === 0) played.push(await play(chat, dialogue, world));
  });
  afterAll(() => chat.close());

  it('states nothing that is wrong', () => {
    expect(played.filter(({ verdict }) => verdict === 'wrong')).toEqual([]);
  });

  it('answers nine of ten as meant, and is honest about the others', () => {
    const meant = played.filter(({ verdict }) => verdict === 'meant').length;
    expect(played.length).toBeGreaterThanOrEqual(40);
    expect(meant / played.length).toBeGreaterThanOrEqual(0.9);
  });
});
