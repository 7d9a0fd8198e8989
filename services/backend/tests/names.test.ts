// What people name, through every door: a name that shows nothing is refused, a limit is the same number of characters
// everywhere, and a name that turns text around stays within its own bounds in a sentence.
import { Problem } from '@todo/contracts/problem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TOOLS } from '../src/tools/all-tools.ts';
import { callTool, problemText } from '../src/tools/tool.ts';
import { startTestChat } from './chat/chat-under-test.ts';
import type { TestChat } from './chat/chat-under-test.ts';

const BLANKS = [
  '\u200B',
  '\u115F',
  '\u2800',
  '\u{E0061}\u{E007F}',
  '\uFE0F\u00AD',
  ' \u3164 ',
  '\u0301',
];
const SEEN = 'expected at least 1 visible character';
const RLO = '\u202E';

describe('names', () => {
  let chat: TestChat;
  beforeAll(async () => {
    chat = await startTestChat();
  });
  afterAll(() => chat.close());

  async function refusal(tool: string, input: unknown): Promise<string> {
    const context = chat.t.backend.parts.toolContext({
      userId: 'anna',
      zone: 'UTC',
      locale: 'en',
      actor: { kind: 'mcp', id: 'c' },
    });
    const found = TOOLS.find((one) => one.name === tool);
    if (!found) throw new Error(`no tool ${tool}`);
    const error: unknown = await callTool(found, context, input).catch((thrown: unknown) => thrown);
    return error instanceof Problem ? problemText(error) : JSON.stringify(error);
  }

  it('a name that shows nothing is refused by every route, naming the field', async () => {
    const { ask, add } = chat.t;
    const task = await add('anna', { title: 'as it was' });
    const list = (await ask('anna', 'POST', '/lists', { name: 'Home' })).body;
    for (const blank of BLANKS) {
      const doors: [method: string, path: string, body: object, field: string][] = [
        ['POST', '/tasks', { title: blank }, 'title'],
        ['POST', '/tasks', { title: 'x', tags: ['a', blank] }, 'tags.1'],
        ['POST', '/tasks', { title: 'x', tags: [`#${blank}`] }, 'tags.0'],
        ['PATCH', `/tasks/${task.id}`, { title: blank }, 'title'],
        ['PATCH', `/tasks/${task.id}`, { tags: [blank] }, 'tags.0'],
        [
          'POST',
          '/tasks/bulk',
          { action: 'update', ids: [task.id], patch: { title: blank } },
          'patch.title',
        ],
        ['POST', '/lists', { name: blank }, 'name'],
        ['PATCH', `/lists/${list.id}`, { name: blank }, 'name'],
        ['POST', '/tokens', { name: blank }, 'name'],
        ['POST', '/chat/messages', { text: blank }, 'text'],
        ['POST', '/quick-add', { text: 'x', corrections: { title: blank } }, 'title'],
      ];
      for (const [method, path, body, field] of doors) {
        const answer = await ask('anna', method, path, body);
        expect([path, answer.status], JSON.stringify(body)).toEqual([path, 400]);
        const named = answer.body.errors.find((error) => error.field.endsWith(field));
        expect(named?.message, `${path} ${JSON.stringify(body)}`).toContain(SEEN);
      }
      // An import stores what it can read: the report says that the title was none.
      const file = { tasks: [{ title: 'x' }, { title: blank }] };
      const imported = await ask('anna', 'POST', '/import', file);
      expect(imported.status).toBe(200);
      expect(JSON.stringify(imported.body)).toContain('"title":"Untitled","outcome":"changed"');
      for (const [tool, input, field] of [
        ['add_task', { title: blank }, 'title'],
        ['add_task', { title: 'x', tags: [blank] }, 'tags.0'],
        ['add_tasks', { tasks: [{ title: 'x' }, { title: blank }] }, 'tasks.1.title'],
        ['update_task', { id: task.id, title: blank }, 'title'],
        ['update_tasks', { ids: [task.id], changes: { tags: [blank] } }, 'changes.tags.0'],
        ['add_list', { name: blank }, 'name'],
        ['rename_list', { list: 'Home', name: blank }, 'name'],
      ] as const)
        expect(await refusal(tool, input)).toContain(`${field}: ${SEEN}`);
    }
    expect((await ask('anna', 'GET', `/tasks/${task.id}`)).body).toMatchObject({ version: 1 });
  });

  it('names of visible letters in any script are kept as they are', async () => {
    for (const title of ['שלום', '가', 'ᄀ', '🏳️‍🌈', 'e\u0301', `${RLO}ok`, '⠓⠊']) {
      const task = await chat.t.add('ben', { title, tags: [title] });
      expect(task).toMatchObject({ title, tags: [title] });
    }
  });

  it('a limit counts code points, in the API, in messages and in the database', async () => {
    const { ask, pool } = chat.t;
    const globe = '🌍';
    const task = await chat.t.add('carl', {
      title: globe.repeat(500),
      notes: globe.repeat(20_000),
      tags: [globe.repeat(50)],
    });
    const { rows } = await pool.query(
      'SELECT char_length(title) AS title, char_length(notes) AS notes, char_length(tags[1]) AS tag FROM todo.tasks WHERE id = $1',
      [task.id],
    );
    expect(rows).toEqual([{ title: 500, notes: 20_000, tag: 50 }]);
    expect((await ask('carl', 'POST', '/lists', { name: globe.repeat(100) })).status).toBe(201);
    expect((await ask('carl', 'POST', '/tokens', { name: globe.repeat(100) })).status).toBe(201);
    for (const [path, body, message] of [
      ['/tasks', { title: globe.repeat(501) }, 'at most 500 characters'],
      ['/tasks', { title: 'x', tags: [globe.repeat(51)] }, 'at most 50 characters'],
      ['/lists', { name: globe.repeat(101) }, 'at most 100 characters'],
      ['/tokens', { name: globe.repeat(101) }, 'at most 100 characters'],
    ] as const) {
      const { status, body: answer } = await ask('carl', 'POST', path, body);
      expect([status, answer.errors[0].message]).toEqual([400, message]);
    }
  });

  it('the API says the limits in its description', async () => {
    const { body: text } = await chat.t.backend.app.inject('/docs/json');
    expect(text).toContain('"maxLength":500');
    expect(text).toContain('"maxLength":100');
  });

  it('in a sentence of the chat a name is isolated, its own controls closed', async () => {
    const title = `pay ${RLO}tner`;
    const closed = `“\u2068pay ${RLO}tner\u202C\u2069”`;
    await chat.t.add('dora', { title });
    expect((await chat.say('dora', 'complete tner')).text).toBe(`Done: ${closed}.`);
    expect((await chat.say('dora', 'undo')).text).toBe(`Undone: completing ${closed}.`);
    await chat.t.ask('dora', 'POST', '/lists', { name: 'בית' });
    expect((await chat.say('dora', 'show my lists')).text).toBe('• \u2068בית\u2069');
    const hebrew = await chat.say('dora', 'add לקנות חלב');
    expect(hebrew.text).toBe('Added “\u2068לקנות חלב\u2069”.');
    expect((await chat.say('dora', 'delete tner')).text).toContain(`Deleted ${closed}.`);
    // what needs no isolate gets none
    expect((await chat.say('dora', 'add buy milk')).text).toBe('Added “buy milk”.');
  });

  it('a list that is not there: the message isolates the names, and takes one as it was shown', async () => {
    await chat.t.ask('emil', 'POST', '/lists', { name: `${RLO}boo` });
    await chat.t.ask('emil', 'POST', '/lists', { name: 'Home' });
    const context = chat.t.backend.parts.toolContext({
      userId: 'emil',
      zone: 'UTC',
      locale: 'en',
      actor: { kind: 'mcp', id: 'c' },
    });
    const add = TOOLS.find(({ name }) => name === 'add_task');
    if (!add) throw new Error('no add_task');
    const error: unknown = await callTool(add, context, { title: 'x', list: 'nowhere' }).catch(
      (thrown: unknown) => thrown,
    );
    expect(problemText(error as Problem)).toContain(
      `list: no such list; there are “\u2068${RLO}boo\u202C\u2069”, “Home”`,
    );
    await callTool(add, context, { title: 'x', list: `\u2068${RLO}boo\u2069` });
  });
});
