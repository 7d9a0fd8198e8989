// What the page says beside the cards of a message.
import { describe, expect, it } from 'vitest';
import { wordsBesideCards } from '@/lib/chat';
import type { Card } from '@/lib/chat';

const card = (readOnly: boolean): Card => ({
  tool: 'list_tasks',
  title: 'List tasks',
  ok: true,
  readOnly,
  tasks: [{ id: '1', title: 'Pay rent', status: 'open', due: null, dueAt: null, overdue: false }],
  more: false,
  problem: null,
});

describe('the words beside the cards', () => {
  const text = '2 tasks due today:\n1. Pay rent — Mon (overdue)\n2. 3. floor\n… and 4 more below.';

  it('leaves out the lines that a card shows', () => {
    expect(wordsBesideCards({ text, cards: [card(true)] })).toBe('2 tasks due today:');
  });

  it('keeps every line without such a card', () => {
    expect(wordsBesideCards({ text, cards: [] })).toBe(text);
    expect(wordsBesideCards({ text, cards: [card(false)] })).toBe(text);
    expect(wordsBesideCards({ text: 'Next is Pay rent.', cards: [card(true)] })).toBe(
      'Next is Pay rent.',
    );
  });
});
