// Filters over the API and the tools: asked by themselves, saved, renamed, ordered, deleted, and seen by nobody else.
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';
import { planOf } from '@todo/testing/list-statement';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseFilter } from '../../src/filters/parse-filter.ts';
import type { SavedFilter } from '../../src/filters/saved-filters.ts';
import { TOOLS } from '../../src/tools/all-tools.ts';
import { callTool } from '../../src/tools/tool.ts';

describe('filters', () => {
  let t: TestBackend;
  beforeAll(async () => {
    t = await startTestBackend();
  });
  afterAll(() => t.close());

  const query = (filter: string, more: Record<string, string> = {}) =>
    new URLSearchParams({ filter, ...more }).toString();
  const titles = async (user: string, filter: string, more: Record<string, string> = {}) => {
    const { status, body } = await t.ask(user, 'GET', `/tasks?${query(filter, more)}`);
    expect(status, JSON.stringify(body)).toBe(200);
    return body.items.map(({ title }) => title);
  };
  const save = async (user: string, name: string, filter: string) =>
    await t.ask(user, 'POST', '/filters', { name, filter });
  const saved = async (user: string) =>
    (await t.ask(user, 'GET', '/filters')).body.items as unknown as SavedFilter[];
  const names = async (user: string) => (await saved(user)).map(({ name }) => name);

  it('finds tasks beside the other parameters, and says where a filter is wrong', async () => {
    const list = (await t.ask('anna', 'POST', '/lists', { name: 'errands' })).body;
    await t.add('anna', {
      title: 'sweep',
      tags: ['home'],
      priority: 'high',
      due: { kind: 'date', date: '2020-01-01' },
    });
    await t.add('anna', { title: 'post', listId: list.id });
    await t.add('anna', { title: 'read' });
    expect(await titles('anna', 'due before friday & #home & !high | +errands & no date')).toEqual([
      'sweep',
      'post',
    ]);
    expect(await titles('anna', 'not #home', { listId: list.id })).toEqual(['post']);
    expect(await titles('anna', 'overdue', { status: 'done' })).toEqual([]);
    const wrong = await t.ask('anna', 'GET', `/tasks?${query('#home & due befor friday')}`);
    expect(wrong).toMatchObject({
      status: 400,
      body: {
        type: 'urn:todo:problem:invalid-input',
        errors: [
          {
            field: 'filter',
            message: expect.stringMatching(
              /^character 13: expected a day .*found “befor”/,
            ) as string,
            start: 12,
            end: 17,
          },
        ],
      },
    });
    const long = await t.ask('anna', 'GET', `/tasks?${query('x'.repeat(501))}`);
    expect(long.body.errors[0]).toMatchObject({
      field: 'querystring.filter',
      message: 'at most 500 characters',
    });
  });

  it('knows only the lists of the person, and of a token only its own', async () => {
    const home = (await t.ask('bea', 'POST', '/lists', { name: 'home' })).body;
    await t.ask('bea', 'POST', '/lists', { name: 'secret' });
    const stranger = await t.ask('carl', 'GET', `/tasks?${query('+home')}`);
    expect(stranger.body.errors[0].message).toContain('there is no list named “home”');
    const token = await t.ask('bea', 'POST', '/tokens', {
      name: 'x',
      scopes: ['full'],
      listIds: [home.id],
    });
    const limited = { authorization: `Bearer ${token.body.token}` };
    await save('bea', 'hers', 'overdue');
    const asked = async (method: string, path: string, body?: unknown) =>
      (await t.ask('bea', method, path, body, limited)).status;
    expect(await asked('GET', `/tasks?${query('+home')}`)).toBe(200);
    expect(await asked('GET', `/tasks?${query('+secret')}`)).toBe(400);
    expect(await asked('GET', '/filters')).toBe(403);
    expect(await asked('POST', '/filters', { name: 'x', filter: 'done' })).toBe(403);
  });

  it('are saved in one spelling, under a name used once, in an order', async () => {
    const first = await save('dora', ' Soon ', '  #home   AND due before FRIDAY');
    expect(first).toMatchObject({
      status: 201,
      body: { name: 'Soon', filter: '#home & due before friday' },
    });
    const second = (await save('dora', 'Late', 'overdue')).body;
    const third = (await save('dora', 'Done', 'done this week')).body;
    expect(await names('dora')).toEqual(['Soon', 'Late', 'Done']);
    expect((await save('dora', 'LATE', 'done')).body.errors).toEqual([
      { field: 'name', message: 'you have another filter with this name' },
    ]);
    expect((await save('dora', 'x', 'due')).body.errors[0]).toMatchObject({
      field: 'filter',
      start: 3,
      end: 3,
    });
    const change = async (id: string, body: object) =>
      await t.ask('dora', 'PATCH', `/filters/${id}`, body);
    await change(third.id, { after: null });
    expect(await names('dora')).toEqual(['Done', 'Soon', 'Late']);
    await change(third.id, { after: second.id });
    expect(await names('dora')).toEqual(['Soon', 'Late', 'Done']);
    expect((await change(second.id, { name: 'late', filter: 'overdue&!high' })).body).toMatchObject(
      {
        name: 'late',
        filter: 'overdue & !high',
      },
    );
    expect((await change(second.id, { after: second.id })).body.errors[0]).toMatchObject({
      field: 'after',
    });
    expect((await change(second.id, {})).status).toBe(400);
    expect((await t.ask('erik', 'PATCH', `/filters/${second.id}`, { name: 'mine' })).status).toBe(
      404,
    );
    expect((await t.ask('erik', 'DELETE', `/filters/${second.id}`)).status).toBe(404);
    expect(await names('erik')).toEqual([]);
    expect((await t.ask('dora', 'DELETE', `/filters/${second.id}`)).status).toBe(204);
    expect(await names('dora')).toEqual(['Soon', 'Done']);
  });

  it('a change is told to live views', async () => {
    const { body } = await save('fritz', 'Late', 'overdue');
    await t.ask('fritz', 'DELETE', `/filters/${body.id}`);
    const { rows } = await t.pool.query<{ data: object }>(
      `SELECT data FROM todo.changes WHERE user_id = 'fritz' AND type = 'filter' ORDER BY seq`,
    );
    expect(rows.map(({ data }) => data)).toMatchObject([
      { filterId: body.id, filter: { name: 'Late' } },
      { filterId: body.id, filter: null },
    ]);
  });

  it('follow a list that is renamed, and say so when it is gone', async () => {
    const list = (await t.ask('ida', 'POST', '/lists', { name: 'errands' })).body;
    await save('ida', 'Errands', '+errands & not #home');
    await save('ida', 'Late', 'overdue');
    await t.ask('ida', 'PATCH', `/lists/${list.id}`, { name: 'Things to buy' });
    expect((await saved('ida')).map(({ filter }) => filter)).toEqual([
      '+"Things to buy" & not #home',
      'overdue',
    ]);
    const other = (await t.ask('ida', 'POST', '/lists', { name: 'things to BUY' })).body;
    await t.ask('ida', 'PATCH', `/lists/${other.id}`, { name: 'x' });
    expect((await saved('ida'))[0]?.filter).toBe('+"Things to buy" & not #home');
    await t.ask('ida', 'DELETE', `/lists/${list.id}`);
    const asked = await t.ask('ida', 'GET', `/tasks?${query('+"Things to buy"')}`);
    expect(asked.body.errors[0].message).toContain('there is no list named “Things to buy”');
  });

  it('are in the export, and an import restores them', async () => {
    await t.ask('jana', 'POST', '/lists', { name: 'errands' });
    await t.add('jana', { title: 'sweep' });
    await save('jana', 'Errands', '+errands');
    await save('jana', 'Late', 'overdue');
    const exported = await t.backend.app.inject({
      url: '/api/v1/export?format=json',
      headers: { authorization: `Bearer ${await t.token('jana')}` },
    });
    await save('kai', 'late', 'done');
    const importing = async (path: string) =>
      await t.ask('kai', 'POST', path, exported.body, { 'content-type': 'application/json' });
    await importing('/import?dryRun=true');
    expect(await names('kai')).toEqual(['late']);
    expect((await importing('/import')).status).toBe(200);
    expect((await saved('kai')).map(({ name, filter }) => [name, filter])).toEqual([
      ['late', 'done'],
      ['Errands', '+errands'],
    ]);
    await importing('/import');
    expect(await names('kai')).toEqual(['late', 'Errands']);
  });

  it('tools ask, save and delete them', async () => {
    await t.add('gerd', { title: 'sweep', tags: ['home'] });
    await t.add('gerd', { title: 'read' });
    const context = t.backend.parts.toolContext({
      userId: 'gerd',
      actor: { kind: 'mcp', id: 'gerd' },
      zone: 'Europe/Berlin',
      locale: 'en',
    });
    const call = async (name: string, input: object) =>
      (await callTool(
        TOOLS.find((tool) => tool.name === name)!,
        context,
        input,
      )) as Record<string, unknown>;
    expect(await call('list_tasks', { filter: '#home | !high' })).toMatchObject({
      tasks: [{ title: 'sweep' }],
    });
    expect(await call('list_tasks', { filter: 'done' })).toMatchObject({ tasks: [] });
    expect(await call('save_filter', { name: 'Chores', filter: '#home' })).toEqual({
      filter: { name: 'Chores', filter: '#home' },
    });
    await call('save_filter', { name: 'chores', filter: 'not #home' });
    expect(await call('list_filters', {})).toEqual({
      filters: [{ name: 'Chores', filter: 'not #home' }],
    });
    expect(await call('list_tasks', { savedFilter: 'CHORES' })).toMatchObject({
      tasks: [{ title: 'read' }],
    });
    await expect(call('list_tasks', { savedFilter: 'x' })).rejects.toMatchObject({
      fields: [{ field: 'savedFilter', message: 'no such filter; there are “Chores”' }],
    });
    await expect(
      call('list_tasks', { filter: 'done', savedFilter: 'Chores' }),
    ).rejects.toMatchObject({ fields: [{ field: 'savedFilter' }] });
    await expect(call('list_tasks', { filter: 'due befor friday' })).rejects.toMatchObject({
      fields: [{ field: 'filter', message: expect.stringContaining('character 5') as string }],
    });
    expect(await call('delete_filter', { name: 'chores' })).toEqual({
      name: 'Chores',
      deleted: true,
    });
  });

  it('asks an index for what few tasks have, and the order’s own for the rest', async () => {
    await t.pool.query(`INSERT INTO todo.users (id, zone, locale) VALUES ('hugo', 'UTC', 'en')`);
    await t.pool.query(
      `INSERT INTO todo.tasks (id, user_id, version, title, notes, status, priority, tags, due_at, reminders, occurrence, created_at, updated_at, search)
       SELECT gen_random_uuid(), 'hugo', 1, 'task ' || n, '', 'open', 0, ARRAY['tag' || n % 3000], timestamptz '2027-01-01Z' + n * interval '1 minute',
         '[]', 1, now(), now(), 'task ' || n FROM generate_series(1, 20000) AS n`,
    );
    await t.pool.query('ANALYZE todo.tasks');
    const plan = async (filter: string) => {
      const read = parseFilter(filter, {
        now: new Date('2027-01-02T00:00:00Z'),
        zone: 'UTC',
        locale: 'en',
        lists: [],
      });
      if ('error' in read) throw new Error(read.error.message);
      return await planOf(t.pool, 'hugo', 'limit=50', 'COSTS', {
        expression: read.expression,
        now: new Date(),
        zone: 'UTC',
      });
    };
    expect(await plan('#tag7 | #tag8')).toMatch(/Bitmap Index Scan on tasks_tags/);
    expect(await plan('"task 19999"')).toMatch(/Bitmap Index Scan on tasks_search/);
    expect(await plan('due 2027-01-02')).toMatch(
      /Index Scan using tasks_open_by_due.*\n.*Index Cond: .*infinity.*infinity/s,
    );
  });
});
