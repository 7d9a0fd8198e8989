// The whole corpus, for `npm run dialogues`: what came of each dialogue is written to the file DIALOGUES_RESULT.
import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { startTestChat } from '../chat-under-test.ts';
import { readDialogues, readWorld } from './corpus.ts';
import { play } from './play.ts';
import type { Played } from './play.ts';

it('plays every dialogue', { timeout: 600_000 }, async () => {
  const chat = await startTestChat();
  try {
    const world = readWorld();
    const played: Played[] = [];
    const only = process.env['DIALOGUES_ONLY'];
    for (const dialogue of readDialogues())
      if (!only || dialogue.kind === only) played.push(await play(chat, dialogue, world));
    const file = process.env['DIALOGUES_RESULT'];
    if (file) writeFileSync(file, JSON.stringify(played));
    expect(played.length).toBeGreaterThan(0);
  } finally {
    await chat.close();
  }
});
