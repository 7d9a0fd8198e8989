// What holds for every engine: bulk changes ask first and do exactly what was shown, the history is the person's own and
// survives two writers, and without a state store answers are given all the same.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bounded, MAX_CONVERSATION, MAX_MESSAGES } from '../../src/chat/conversation.ts';
import type { ChatMessage } from '../../src/chat/conversation.ts';
import { readAnswer, startTestChat } from './chat-under-test.ts';
import type { TestChat } from './chat-under-test.ts';

let chat: TestChat;
let people = 0;
const somebody = (): string => `someone-${(people += 1)}`;
beforeAll(async () => {
  chat = await startTestChat();
});
afterAll(() => chat.close());

async function add(user: string, ...titles: string[]): Promise<void> {
  for (const title of titles) await chat.say(user, `add ${title}`);
}

async function history(user: string): Promise<{ items: ChatMessage[]; kept: boolean }> {
  const answer = await chat.t.backend.app.inject({
    method: 'GET',
    url: '/api/v1/chat/messages',
    headers: await chat.headers(user),
  });
  expect(answer.statusCode).toBe(200);
  return answer.json();
}

describe('changes of several tasks', () => {
  it('ask first, name the tasks, and do exactly that after a yes', async () => {
    const user = somebody();
    await add(user, 'one #old', 'two #old', 'three');
    const asked = await chat.say(user, 'delete all tasks tagged #old');
    expect(asked.text).toContain('Delete these 2 tasks?');
    expect(asked.confirmation?.tasks.map(({ title }) => title).sort()).toEqual(['one', 'two']);
    expect(await chat.titles(user)).toHaveLength(3);
    // what comes meanwhile is not part of what was shown
    await chat.t.ask(
      user,
      'POST',
      '/tasks',
      { title: 'four', tags: ['old'] },
      await chat.headers(user),
    );
    const done = await chat.say(user, 'yes');
    expect(done.text).toMatch(/^Done. 2 of 2 tasks/);
    expect(done.cards[0]?.tool).toBe('delete_tasks');
    expect(await chat.titles(user)).toEqual(['four', 'three']);
    expect((await chat.say(user, 'undo')).text).toBe('Undone: deleting 2 tasks.');
    expect(await chat.titles(user)).toEqual(['four', 'one', 'three', 'two']);
  });

  it.each([
    ['delete everything', 'delete_tasks'],
    ['remove all tasks', 'delete_tasks'],
    ['clear all tasks', 'delete_tasks'],
    ['complete all tasks', 'complete_tasks'],
    ['move all tasks to friday', 'update_tasks'],
    ['mark everything as done', 'complete_tasks'],
  ])('%s: asks, also by a button, and only once', async (text, tool) => {
    const user = somebody();
    await add(user, 'one', 'two');
    const asked = await chat.say(user, text);
    expect(asked.confirmation?.tool).toBe(tool);
    expect(await chat.titles(user)).toHaveLength(2);
    const id = asked.confirmation?.id ?? '';
    const done = await chat.confirm(user, id, 'yes');
    expect(done.cards[0]).toMatchObject({ tool, results: [{ ok: true }, { ok: true }] });
    expect((await chat.confirm(user, id, 'yes')).status).toBe(409);
  });

  it('“them” is what was listed', async () => {
    const user = somebody();
    await add(user, 'one today', 'two today', 'three friday');
    await chat.say(user, 'show tasks due today');
    const asked = await chat.say(user, 'move them to tomorrow');
    expect(asked.confirmation?.tasks).toHaveLength(2);
    await chat.say(user, 'yes');
    expect((await chat.say(user, 'what is due tomorrow')).cards[0]?.tasks).toHaveLength(2);
    await chat.say(user, 'undo');
    expect((await chat.say(user, 'what is due today')).cards[0]?.tasks).toHaveLength(2);
  });

  it('a no, another message, or ten minutes end the question', async () => {
    const user = somebody();
    await add(user, 'one', 'two');
    const first = await chat.say(user, 'delete all tasks');
    expect((await chat.say(user, 'no')).text).toMatch(/I changed nothing/);
    expect((await chat.confirm(user, first.confirmation?.id ?? '', 'yes')).status).toBe(409);
    const second = await chat.say(user, 'delete all tasks');
    await chat.say(user, 'show my tasks');
    expect((await chat.confirm(user, second.confirmation?.id ?? '', 'yes')).status).toBe(409);
    const third = await chat.say(user, 'delete all tasks');
    const start = chat.now;
    chat.now = new Date(start.getTime() + 10 * 60_000);
    expect((await chat.confirm(user, third.confirmation?.id ?? '', 'yes')).status).toBe(409);
    expect((await chat.say(user, 'yes')).text).toMatch(/No question is waiting/);
    chat.now = start;
    expect(await chat.titles(user)).toHaveLength(2);
  });

  it('two yeses at once do it once', async () => {
    const user = somebody();
    await add(user, 'one', 'two');
    const id = (await chat.say(user, 'delete all tasks')).confirmation?.id ?? '';
    const answers = await Promise.all([1, 2, 3, 4].map(() => chat.confirm(user, id, 'yes')));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
  });

  it('F01: another person can neither confirm nor see it', async () => {
    const user = somebody();
    const other = somebody();
    await add(user, 'one', 'two');
    const asked = await chat.say(user, 'delete all tasks');
    expect((await chat.confirm(other, asked.confirmation?.id ?? '', 'yes')).status).toBe(404);
    expect((await chat.say(other, 'yes')).text).toMatch(/No question is waiting/);
    const foreign = asked.confirmation?.tasks[0]?.id ?? '';
    expect((await chat.say(other, `delete task ${foreign}`)).question?.text).toContain('no task');
    expect((await history(other)).items.some(({ text }) => text.includes('one'))).toBe(false);
    expect(await chat.titles(user)).toHaveLength(2);
  });
});

describe('the history', () => {
  it('keeps what was said, in order, with the cards, and forgets on request', async () => {
    const user = somebody();
    await chat.say(user, 'add buy milk');
    const answer = await chat.say(user, 'show my tasks');
    expect(answer.historyKept).toBe(true);
    const { items, kept } = await history(user);
    expect([kept, items.map(({ role, text }) => [role, text])]).toEqual([
      true,
      [
        ['user', 'add buy milk'],
        ['assistant', 'Added “buy milk”.'],
        ['user', 'show my tasks'],
        ['assistant', '1 task:\n1. buy milk'],
      ],
    ]);
    expect(items[3]?.cards).toEqual(answer.cards);
    const cleared = await chat.t.ask(
      user,
      'DELETE',
      '/chat/messages',
      undefined,
      await chat.headers(user),
    );
    expect(cleared.status).toBe(204);
    expect((await history(user)).items).toEqual([]);
    expect((await chat.say(user, 'complete it')).question?.text).toMatch(/Which task/);
    expect(await chat.titles(user)).toEqual(['buy milk']);
  });

  it('keeps both messages when two are said at once', async () => {
    const user = somebody();
    await chat.say(user, 'add first');
    chat.states.beforeWrite = async () => {
      await chat.say(user, 'add from another tab');
    };
    await chat.say(user, 'add from this tab');
    const said = (await history(user)).items
      .filter(({ role }) => role === 'user')
      .map(({ text }) => text);
    expect(said.sort()).toEqual(['add first', 'add from another tab', 'add from this tab']);
  });

  it('begins anew when what is stored is not readable', async () => {
    const user = somebody();
    await chat.say(user, 'add x');
    for (const value of chat.states.values.values()) value.value = { format: 99 };
    const answer = await chat.say(user, 'add y');
    expect([answer.notices, answer.historyKept]).toEqual([[], true]);
    expect((await history(user)).items).toHaveLength(2);
  });

  it('is bounded in number and in size, the newest kept', () => {
    const message = (n: number, text = ''): ChatMessage => ({
      id: '0198f3c0-0000-7000-8000-000000000000',
      role: 'user',
      at: '2027-05-19T10:00:00.000Z',
      text: `${n}${text}`,
      engine: null,
      cards: [],
      question: null,
      confirmation: null,
      notices: [],
    });
    const many = bounded(Array.from({ length: MAX_MESSAGES + 50 }, (_, n) => message(n)));
    expect([many.length, many[0]?.text, many.at(-1)?.text]).toEqual([
      MAX_MESSAGES,
      '50',
      `${MAX_MESSAGES + 49}`,
    ]);
    const large = bounded(Array.from({ length: 150 }, (_, n) => message(n, 'x'.repeat(9_000))));
    expect(JSON.stringify(large).length).toBeLessThan(MAX_CONVERSATION + 10_000);
    expect(large.at(-1)?.text).toMatch(/^149/);
  });
});

describe('without the state store', () => {
  it('answers, says that nothing is kept, and asks first all the same', async () => {
    const user = somebody();
    chat.states.down = true;
    try {
      const added = await chat.say(user, 'add buy milk tomorrow');
      expect([added.notices, added.historyKept]).toEqual([['history-off'], false]);
      expect(added.text).toContain('Added “buy milk”');
      await chat.say(user, 'add buy bread');
      const which = await chat.say(user, 'complete buy');
      const ready = which.question?.choices.find(({ label }) => label.includes('bread'));
      expect((await chat.say(user, ready?.send ?? '')).text).toBe('Done: “buy bread”.');
      await chat.say(user, 'add buy tea');
      expect((await chat.say(user, 'delete all tasks')).confirmation?.tasks).toHaveLength(2);
      expect((await chat.say(user, 'yes')).text).toMatch(/^Done. 2 of 2/);
      expect((await chat.say(user, 'undo')).text).toMatch(/nothing to undo/);
      expect(await history(user)).toMatchObject({ items: [], kept: false });
      const cleared = await chat.t.ask(
        user,
        'DELETE',
        '/chat/messages',
        undefined,
        await chat.headers(user),
      );
      expect(cleared.status).toBe(503);
    } finally {
      chat.states.down = false;
    }
  });
});

describe('over HTTP', () => {
  it.each([
    [{ text: '' }, 'text'],
    [{ text: ' ' }, 'text'],
    [{ text: 'x'.repeat(2_001) }, 'text'],
    [{ text: 'a\u0000' }, 'text'],
    [{}, 'text'],
    [{ text: 'x', userId: 'anna' }, 'userId'],
  ])('refuses %j before a stream begins', async (body, field) => {
    const user = somebody();
    const answer = await chat.t.ask(user, 'POST', '/chat/messages', body, await chat.headers(user));
    expect([answer.status, answer.body.errors[0].field]).toEqual([400, field]);
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });

  it('asks for a token that may write, and is described in the API document', async () => {
    for (const [method, url] of [
      ['POST', '/chat/messages'],
      ['GET', '/chat/messages'],
      ['DELETE', '/chat/messages'],
      ['POST', '/chat/confirmations/0198f3c0-0000-7000-8000-000000000000'],
    ] as const) {
      const answer = await chat.t.backend.app.inject({ method, url: `/api/v1${url}` });
      expect(answer.statusCode, `${method} ${url}`).toBe(401);
    }
    const { paths } = chat.t.backend.app.swagger() as { paths: Record<string, object> };
    expect(Object.keys(paths)).toContain('/api/v1/chat/messages');
    expect(Object.keys(paths)).toContain('/api/v1/chat/confirmations/{id}');
  });

  it('is a stream that a real client reads as it comes, through no buffer', async () => {
    const user = somebody();
    const address = await chat.t.backend.app.listen({ port: 0, host: '127.0.0.1' });
    const answer = await fetch(`${address}/api/v1/chat/messages`, {
      method: 'POST',
      headers: {
        ...(await chat.headers(user)),
        'content-type': 'application/json',
        'accept-encoding': 'gzip',
      },
      body: JSON.stringify({ text: 'add buy milk' }),
    });
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    expect(answer.headers.get('cache-control')).toContain('no-transform');
    expect(answer.headers.get('content-encoding')).toBeNull();
    expect(readAnswer(200, await answer.text()).events.map(({ type }) => type)).toEqual([
      'started',
      'card',
      'text',
      'done',
    ]);
  });

  it('the audit sees the chat as the actor', async () => {
    const user = somebody();
    const answer = await chat.say(user, 'add buy milk');
    const id = answer.cards[0]?.tasks[0]?.id;
    await expect
      .poll(() => chat.t.published.find(({ event }) => event.subject === id)?.event.data)
      .toMatchObject({
        actor: { kind: 'chat', id: user },
        userId: user,
      });
  });
});
