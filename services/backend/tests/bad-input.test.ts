// What a broken or hostile client sends: each is a 4xx in problem+json that names the field, and nothing is stored, not even in
// part.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';

const NOBODY = '0198f3c0-0000-7000-8000-000000000000';

describe('bad input', () => {
  let t: TestBackend;
  let task = '';
  let foreign = '';
  beforeAll(async () => {
    t = await startTestBackend();
    task = (await t.add('anna', { title: 'as it was' })).id;
    foreign = (await t.add('ben', { title: "ben's" })).id;
    await vi.waitFor(() => {
      expect(t.published).toHaveLength(2);
    }, 30_000);
  });
  afterAll(() => t.close());

  /** Everything that a request could have stored. */
  async function stored(): Promise<string> {
    const { rows } = await t.pool.query(
      `SELECT (SELECT jsonb_agg(to_jsonb(x) ORDER BY id) FROM todo.tasks x) AS tasks, (SELECT count(*) FROM todo.reminders) AS reminders,
         (SELECT count(*) FROM todo.lists) AS lists, (SELECT count(*) FROM todo.changes) AS changes,
         (SELECT count(*) FROM todo.idempotency_keys) AS keys, (SELECT count(*) FROM todo.access_tokens) AS tokens`,
    );
    return JSON.stringify([rows, t.published.length]);
  }

  it.each<[what: string, body: string | object, field: RegExp]>([
    ['no JSON', '{"title":', /^\(body\)$/],
    ['no body', '', /title|\(body\)/],
    ['an array', '[]', /title|\(body\)/],
    ['null', 'null', /title|\(body\)/],
    ['a number as title', { title: 7 }, /^title$/],
    ['no title', { notes: 'x' }, /^title$/],
    ['a blank title', { title: ' \n ' }, /^title$/],
    ['NUL in the title', '{"title":"a\\u0000b"}', /^title$/],
    ['half a surrogate pair', '{"title":"x\\ud83d"}', /^title$/],
    ['NUL in the notes', '{"title":"x","notes":"\\u0000"}', /^notes$/],
    ['NUL in a tag', '{"title":"x","tags":["\\u0000"]}', /^tags\.0$/],
    ['a title of 1 MB', { title: 'y'.repeat(1_000_000) }, /^title$/],
    ['notes of 1 MB', { title: 'x', notes: 'y'.repeat(1_000_000) }, /^notes$/],
    ['an unknown field', { title: 'x', colour: 'red' }, /^colour$/],
    ['an owner', { title: 'x', userId: 'ben' }, /^userId$/],
    ['a priority that is none', { title: 'x', priority: 'urgent' }, /^priority$/],
    ['tags as text', { title: 'x', tags: 'home' }, /^tags$/],
    ['a due as text', { title: 'x', due: 'tomorrow' }, /^due/],
    [
      'a day that does not exist',
      { title: 'x', due: { kind: 'date', date: '2027-02-29' } },
      /^due/,
    ],
    [
      'a zone that does not exist',
      { title: 'x', due: { kind: 'local', local: '2027-05-10T09:00', zone: 'Mars/Olympus' } },
      /^due\.zone$/,
    ],
    ['a list of nobody', { title: 'x', listId: NOBODY }, /^listId$/],
    ['a parent of nobody', { title: 'x', parentId: NOBODY }, /^parentId$/],
    ['a parent that is no id', { title: 'x', parentId: 'x' }, /^parentId$/],
    ['a rule without due', { title: 'x', recurrence: { rule: 'FREQ=DAILY' } }, /^recurrence$/],
    [
      'a rule that never comes',
      {
        title: 'x',
        due: { kind: 'date', date: '2027-02-01' },
        recurrence: { rule: 'FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30;RSCALE=GREGORIAN;SKIP=OMIT' },
      },
      /^recurrence\.rule$/,
    ],
    [
      'a reminder a million years before',
      {
        title: 'x',
        due: { kind: 'date', date: '2027-02-01' },
        reminders: [{ before: 'P999999Y' }],
      },
      /^reminders\.0/,
    ],
    [
      '21 reminders',
      { title: 'x', reminders: Array.from({ length: 21 }, () => ({ at: '2030-01-01T00:00:00Z' })) },
      /^reminders$/,
    ],
  ])('a new task with %s', async (_what, body, field) => {
    const before = await stored();
    for (const [method, path] of [
      ['POST', '/tasks'],
      ['PATCH', `/tasks/${task}`],
    ] as const) {
      // what a new task must have, a change may leave out
      if (method === 'PATCH' && typeof body === 'object' && !('title' in body)) continue;
      const answer = await t.ask('anna', method, path, body, {
        'content-type': 'application/json',
        'idempotency-key': `key of ${_what}`.replaceAll(/[^a-z]/g, '-'),
      });
      expect(answer.status, JSON.stringify(answer.body)).toBe(400);
      expect(answer.headers['content-type']).toContain('application/problem+json');
      if (method === 'POST') expect(answer.body.errors[0].field).toMatch(field);
      expect(JSON.stringify(answer.body).length).toBeLessThan(2_000);
    }
    expect(await stored()).toBe(before);
  });

  it('an id of somebody else or of nobody is a 404, an id that is none a 400', async () => {
    const before = await stored();
    for (const [id, status] of [
      [foreign, 404],
      [NOBODY, 404],
      ['7', 400],
      ['%00', 400],
      ["1'; DROP TABLE todo.tasks;--", 400],
    ] as const)
      for (const [method, path, body] of [
        ['GET', '', undefined],
        ['PATCH', '', { title: 'mine' }],
        ['DELETE', '', undefined],
        ['POST', '/complete', undefined],
        ['POST', '/reopen', undefined],
        ['POST', '/restore', undefined],
      ] as const) {
        const url = `/tasks/${id.startsWith('%') ? id : encodeURIComponent(id)}${path}`;
        const answer = await t.ask('anna', method, url, body);
        expect(answer.status, `${method} ${url}`).toBe(status);
        expect(answer.headers['content-type']).toContain('application/problem+json');
      }
    expect(await stored()).toBe(before);
  });

  it.each([
    ['/tasks?limit=0', 'querystring.limit'],
    ['/tasks?limit=201', 'querystring.limit'],
    ['/tasks?status=gone', 'querystring.status'],
    ['/tasks?dueBefore=soon', 'querystring.dueBefore'],
    ['/tasks?cursor=xx', 'cursor'],
    ['/tasks?q=%00', 'querystring.q'],
    ['/tasks?userId=ben', 'querystring.userId'],
    ['/tasks?tag=a&tag=b', 'querystring.tag'],
  ])('GET %s names %s', async (path, field) => {
    const answer = await t.ask('anna', 'GET', path);
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].field).toBe(field);
  });

  it('headers that say nothing are refused by their name', async () => {
    const stale = await t.ask(
      'anna',
      'PATCH',
      `/tasks/${task}`,
      { title: 'y' },
      { 'if-match': '3' },
    );
    expect([stale.status, stale.body.errors[0].field]).toEqual([400, 'header.if-match']);
    const key = await t.ask('anna', 'POST', '/tasks', { title: 'y' }, { 'idempotency-key': 'a b' });
    expect([key.status, key.body.errors[0].field]).toEqual([400, 'header.idempotency-key']);
    const type = await t.ask('anna', 'POST', '/tasks', '<x/>', { 'content-type': 'text/xml' });
    expect(type.status).toBe(415);
    const large = await t.ask('anna', 'POST', '/tasks', { title: 'y'.repeat(3_000_000) });
    expect(large.status).toBe(413);
  });
});
