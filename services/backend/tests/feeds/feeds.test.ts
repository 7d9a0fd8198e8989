// Calendar feeds on a real server and database: what subscribers read, who may, that an address that ended is gone at once, and
// that its secret is nowhere but with its owner.
import { PassThrough } from 'node:stream';
import { createLogger } from '@todo/runtime/log';
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';
import { tablesWith } from '@todo/testing/find-text';
import ICAL from 'ical.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

interface Made {
  readonly id: string;
  readonly path: string;
  readonly lastUsedAt: string | null;
}

describe('calendar feeds', { timeout: 60_000 }, () => {
  let t: TestBackend;
  let now = new Date('2027-03-01T08:00:00Z');
  let logged = '';
  beforeAll(async () => {
    const lines = new PassThrough().on('data', (line: Buffer) => (logged += line.toString()));
    t = await startTestBackend({
      clock: () => now,
      log: createLogger({ service: 'test', level: 'trace' }, lines),
    });
  });
  afterAll(() => t.close());

  async function create(user: string, fields: object = {}): Promise<Made> {
    const made = await t.ask(user, 'POST', '/feeds', { name: 'Work, home', ...fields });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    return made.body as unknown as Made;
  }
  const read = async (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    await t.backend.app.inject({ method: method as 'GET', url: path, headers });
  const parsed = (text: string) => new ICAL.Component(ICAL.parse(text) as unknown[]);
  const partsOf = (text: string, kind: 'vevent' | 'vtodo') =>
    parsed(text).getAllSubcomponents(kind);
  const titlesOf = async (path: string, kind: 'vevent' | 'vtodo' = 'vevent') =>
    partsOf((await read(path)).body, kind)
      .map((part) => String(part.getFirstPropertyValue('summary')))
      .sort();

  it('shows what is due as events, on its day or from its time, with its zone defined', async () => {
    await t.add('ada', { title: 'Tax; return', due: { kind: 'date', date: '2027-03-05' } });
    await t.add('ada', {
      title: 'Call',
      notes: 'line 1\nline 2',
      tags: ['a,b'],
      priority: 'high',
      due: { kind: 'local', local: '2027-04-01T09:30', zone: 'America/New_York' },
    });
    await t.add('ada', { title: 'Ship', due: { kind: 'instant', at: '2027-04-02T10:00:00Z' } });
    await t.add('ada', { title: 'Some day' });
    const done = await t.add('ada', { title: 'Done', due: { kind: 'date', date: '2027-02-01' } });
    await t.ask('ada', 'POST', `/tasks/${done.id}/complete`);
    const gone = await t.add('ada', { title: 'Gone', due: { kind: 'date', date: '2027-02-01' } });
    await t.ask('ada', 'DELETE', `/tasks/${gone.id}`);

    const { path } = await create('ada');
    // last, because the token of the others says UTC
    await t.ask('ada', 'PUT', '/me/zone', { zone: 'Europe/Berlin' });
    const answer = await read(path);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe('text/calendar; charset=utf-8');
    expect(answer.headers['cache-control']).toBe('private, no-cache');
    const calendar = parsed(answer.body);
    for (const line of [
      'METHOD:PUBLISH',
      'NAME:Work\\, home',
      'X-WR-CALNAME:Work\\, home',
      'X-WR-TIMEZONE:Europe/Berlin',
      'REFRESH-INTERVAL;VALUE=DURATION:PT1H',
      'X-PUBLISHED-TTL:PT1H',
    ])
      expect(answer.body).toContain(`\r\n${line}\r\n`);
    const events = new Map(
      calendar
        .getAllSubcomponents('vevent')
        .map((part) => [String(part.getFirstPropertyValue('summary')), part]),
    );
    expect([...events.keys()].sort()).toEqual(['Call', 'Ship', 'Tax; return']);
    const text = (title: string, name: string) =>
      events.get(title)?.getFirstProperty(name)?.toICALString();
    expect(text('Tax; return', 'dtstart')).toBe('DTSTART;VALUE=DATE:20270305');
    expect(text('Tax; return', 'duration')).toBeUndefined();
    expect(text('Call', 'dtstart')).toBe('DTSTART;TZID=America/New_York:20270401T093000');
    expect(text('Call', 'description')).toBe('DESCRIPTION:line 1\\nline 2');
    expect(text('Call', 'priority')).toBe('PRIORITY:1');
    expect(text('Call', 'transp')).toBe('TRANSP:TRANSPARENT');
    expect(text('Call', 'url')).toMatch(/^URL:http:\/\/localhost:3000\/tasks\/[\w-]+$/);
    expect(text('Ship', 'dtstart')).toBe('DTSTART:20270402T100000Z');
    expect(
      calendar
        .getAllSubcomponents('vtimezone')
        .map((zone) => String(zone.getFirstPropertyValue('tzid'))),
    ).toEqual(['America/New_York']);
    expect(answer.body).not.toContain('VALARM');
  });

  it.each([
    {
      what: 'a monthly task on the 31st',
      due: { kind: 'date', date: '2027-01-31' },
      rule: 'FREQ=MONTHLY',
      has: ['2027-01-31', '2027-03-31', '2027-04-30', '2027-05-31'],
      not: ['2027-02-28', '2028-05-31'],
    },
    {
      what: 'a weekly task that is not late',
      due: { kind: 'date', date: '2027-03-03' },
      rule: 'FREQ=WEEKLY;COUNT=3',
      has: ['2027-03-03', '2027-03-10', '2027-03-17'],
      not: ['2027-03-24'],
    },
    {
      what: 'a daily task that is late by a year',
      due: { kind: 'date', date: '2026-03-01' },
      rule: 'FREQ=DAILY',
      has: ['2026-03-01', '2027-03-02', '2027-06-08'],
      // of what is late, only one is done today
      not: ['2026-03-02', '2027-02-28', '2027-03-01'],
    },
  ])('$what also shows what follows, as we count it', async ({ what, due, rule, has, not }) => {
    await t.add(what, { title: what, due, recurrence: { rule } });
    const { path } = await create(what);
    const parts = partsOf((await read(path)).body, 'vevent');
    const days = parts.map((part) => String(part.getFirstPropertyValue('dtstart')));
    expect(days).toEqual(expect.arrayContaining(has));
    for (const day of not) expect(days).not.toContain(day);
    expect(new Set(days).size).toBe(days.length);
    expect(new Set(parts.map((part) => String(part.getFirstPropertyValue('uid')))).size).toBe(
      days.length,
    );
  });

  it('from completion shows nothing that nobody knows yet', async () => {
    await t.add('bo', {
      title: 'Water',
      due: { kind: 'date', date: '2027-03-03' },
      recurrence: { rule: 'FREQ=DAILY', from: 'completion' },
    });
    expect(await titlesOf((await create('bo')).path)).toEqual(['Water']);
  });

  it('shows all tasks as VTODOs where that was chosen, those done lately too, below their parents', async () => {
    const parent = await t.add('cy', {
      title: 'Parent',
      reminders: [{ at: '2027-05-01T08:00:00Z' }],
    });
    const child = await t.add('cy', { title: 'Child', parentId: parent.id });
    await t.ask('cy', 'POST', `/tasks/${child.id}/complete`);
    const old = await t.add('cy', { title: 'Done long ago' });
    await t.ask('cy', 'POST', `/tasks/${old.id}/complete`);
    await t.pool.query(`UPDATE todo.tasks SET completed_at = $2 WHERE id = $1`, [
      old.id,
      new Date(now.getTime() - 20 * 86_400_000),
    ]);
    const { path } = await create('cy', { content: 'tasks' });
    const { body } = await read(path);
    const todos = new Map(
      partsOf(body, 'vtodo').map((part) => [String(part.getFirstPropertyValue('summary')), part]),
    );
    expect([...todos.keys()].sort()).toEqual(['Child', 'Parent']);
    expect(todos.get('Child')?.getFirstPropertyValue('status')).toBe('COMPLETED');
    expect(todos.get('Child')?.getFirstPropertyValue('related-to')).toBe(parent.id);
    expect(body).not.toContain('VALARM');
  });

  it('has the tasks of the chosen lists, with what is below them, and nothing more when a list goes', async () => {
    const listOf = async (name: string) => (await t.ask('di', 'POST', '/lists', { name })).body.id;
    const [one, two] = [await listOf('One'), await listOf('Two')];
    const due = { kind: 'date', date: '2027-03-05' };
    const parent = await t.add('di', { title: 'in one', listId: one, due });
    await t.add('di', { title: 'below one', parentId: parent.id, due });
    await t.add('di', { title: 'in two', listId: two, due });
    await t.add('di', { title: 'loose', due });
    const ofOne = await create('di', { lists: [one] });
    const ofNone = await create('di', { lists: ['none'] });
    const both = await create('di', { lists: [two, 'none'] });
    expect(await titlesOf(ofOne.path)).toEqual(['below one', 'in one']);
    expect(await titlesOf(ofNone.path)).toEqual(['loose']);
    expect(await titlesOf(both.path)).toEqual(['in two', 'loose']);
    expect((await t.ask('di', 'DELETE', `/lists/${one}`)).status).toBe(204);
    expect(await titlesOf(ofOne.path)).toEqual([]);
    for (const lists of [[], ['00000000-0000-4000-8000-000000000000'], ['x'], 'none']) {
      const refused = await t.ask('di', 'POST', '/feeds', { name: 'x', lists });
      expect(refused.status, JSON.stringify(lists)).toBe(400);
      expect(refused.body.errors[0].field).toMatch(/^lists/);
    }
    // another person's list
    expect((await t.ask('ed', 'POST', '/feeds', { name: 'x', lists: [two] })).status).toBe(400);
  });

  it('answers 304 until something changes', async () => {
    const first = await t.add('flo', { title: 'a', due: { kind: 'date', date: '2027-03-05' } });
    await t.add('gus', { title: 'another person' });
    const { path } = await create('flo');
    const tag = async () => String((await read(path)).headers['etag']);
    const etag = await tag();
    for (const header of [etag, etag.replace('W/', ''), `"x", ${etag}`, '*']) {
      const again = await read(path, { 'if-none-match': header });
      expect([again.statusCode, again.body, again.headers['etag']], header).toEqual([
        304,
        '',
        etag,
      ]);
    }
    expect((await read(path, { 'if-none-match': '"x"' })).statusCode).toBe(200);
    const head = await read(path, {}, 'HEAD');
    expect([head.statusCode, head.body, head.headers['etag']]).toEqual([200, '', etag]);

    const seen = [etag];
    const changes: (() => Promise<unknown>)[] = [
      () => t.ask('flo', 'PATCH', `/tasks/${first.id}`, { title: 'b' }),
      () => t.add('flo', { title: 'c' }),
      () => t.ask('flo', 'POST', `/tasks/${first.id}/complete`),
      () => t.ask('flo', 'DELETE', `/tasks/${first.id}`),
      () => t.ask('flo', 'POST', '/import', '- [ ] d', { 'content-type': 'text/markdown' }),
      () => t.ask('flo', 'PUT', '/me/zone', { zone: 'Asia/Tokyo' }),
    ];
    for (const change of changes) {
      await change();
      const next = await tag();
      expect(seen).not.toContain(next);
      seen.push(next);
    }
    await t.add('gus', { title: 'another person again' });
    expect(await tag()).toBe(seen.at(-1));
    const before = now;
    now = new Date('2027-03-02T08:00:00Z');
    expect(seen).not.toContain(await tag());
    now = before;
  });

  it('ends at once: revoked, renewed, or with the account', async () => {
    const one = await create('hal');
    const two = await create('hal');
    expect((await read(one.path)).statusCode).toBe(200);
    expect((await t.ask('ian', 'DELETE', `/feeds/${one.id}`)).status).toBe(404);
    expect((await t.ask('ian', 'POST', `/feeds/${one.id}/renew`)).status).toBe(404);
    expect((await t.ask('hal', 'DELETE', `/feeds/${one.id}`)).status).toBe(204);
    expect((await t.ask('hal', 'DELETE', `/feeds/${one.id}`)).status).toBe(404);
    const gone = await read(one.path);
    expect(gone.statusCode).toBe(404);
    expect(gone.headers['content-type']).toContain('application/problem+json');
    const renewed = (await t.ask('hal', 'POST', `/feeds/${two.id}/renew`)).body as unknown as Made;
    expect(renewed.id).toBe(two.id);
    expect((await read(two.path)).statusCode).toBe(404);
    expect((await read(renewed.path)).statusCode).toBe(200);
    await t.pool.query(`UPDATE todo.users SET erased_at = now() WHERE id = 'hal'`);
    expect((await read(renewed.path)).statusCode).toBe(404);
  });

  it.each(['x', 'x.ics', '.ics', `${'a'.repeat(43)}.ics`, `${'a'.repeat(96)}.ics`, '%00.ics'])(
    'an address that is none is not there: %s',
    async (file) => {
      expect((await read(`/feeds/${file}`)).statusCode).toBe(404);
    },
  );

  it('is read only', async () => {
    const { path } = await create('jo');
    for (const method of ['PUT', 'POST', 'DELETE', 'PROPFIND', 'PATCH'])
      expect((await read(path, {}, method)).statusCode, method).toBe(404);
  });

  it('twenty at most, also when they are created at the same moment', async () => {
    const answers = await Promise.all(
      Array.from({ length: 25 }, () => t.ask('kim', 'POST', '/feeds', { name: 'f' })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(20);
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(5);
    const { items } = (await t.ask('kim', 'GET', '/feeds')).body;
    expect(items).toHaveLength(20);
    for (const item of items) expect(item).not.toHaveProperty('path');
  });

  it('the secret is stored nowhere and in no line of the log; a use shows', async () => {
    const { path, id } = await create('lea');
    const secret = path.slice('/feeds/'.length, -'.ics'.length);
    expect(secret).toMatch(/^[\w-]{43}$/);
    await read(path);
    await read(`${path}x`);
    await t.backend.app.inject({ method: 'OPTIONS', url: path });
    const { items } = (await t.ask('lea', 'GET', '/feeds')).body;
    expect(items).toEqual([
      expect.objectContaining({ id, lastUsedAt: expect.any(String) as string }),
    ]);
    expect(await tablesWith(t.pool, secret)).toEqual([]);
    expect(logged).toContain('/feeds/:file');
    expect(logged).not.toContain(secret);
  });

  it('is limited in rate', async () => {
    const limited = await t.another({ rateLimitPerMinute: 3 });
    const statuses: number[] = [];
    for (let n = 0; n < 5; n += 1)
      statuses.push((await limited.app.inject({ url: '/feeds/x.ics' })).statusCode);
    expect(statuses).toEqual([404, 404, 404, 429, 429]);
  });
});
