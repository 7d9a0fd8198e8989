// The person's own order, the tags they use, and news for those whom no stream reaches.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';

describe('the own order', () => {
  let t: TestBackend;
  beforeAll(async () => {
    t = await startTestBackend();
  });
  afterAll(() => t.close());

  const titles = async (user: string, listId: string): Promise<string[]> =>
    (await t.ask(user, 'GET', `/tasks?listId=${listId}&sort=manual`)).body.items.map(
      ({ title }) => title,
    );
  const listOf = async (user: string, names: string[]) => {
    const list = (await t.ask(user, 'POST', '/lists', { name: 'Trip' })).body.id;
    const ids: Record<string, string> = {};
    for (const title of names) ids[title] = (await t.add(user, { title, listId: list })).id;
    const move = (title: string, after: string | null) =>
      t.ask(user, 'POST', `/tasks/${ids[title]}/move`, { after: after && ids[after] });
    return { list, ids, move };
  };

  it('starts as created, follows each move, and a new task stands at the end', async () => {
    const { list, ids, move } = await listOf('mona', ['a', 'b', 'c', 'd']);
    expect(await titles('mona', list)).toEqual(['a', 'b', 'c', 'd']);
    expect((await move('d', null)).status).toBe(204);
    expect(await titles('mona', list)).toEqual(['d', 'a', 'b', 'c']);
    await move('a', 'c');
    expect(await titles('mona', list)).toEqual(['d', 'b', 'c', 'a']);
    await move('a', 'd');
    expect(await titles('mona', list)).toEqual(['d', 'a', 'b', 'c']);
    await t.add('mona', { title: 'e', listId: list });
    expect(await titles('mona', list)).toEqual(['d', 'a', 'b', 'c', 'e']);
    const moved = await t.ask('mona', 'GET', `/tasks/${ids['a']}`);
    expect(moved.body.version).toBe(1);
  });

  it('never runs out of room: 200 moves into the same gap', async () => {
    const { list, move } = await listOf('nora', ['a', 'b', 'c']);
    for (let round = 0; round < 100; round += 1) {
      await move('b', 'a');
      await move('c', 'a');
    }
    expect(await titles('nora', list)).toEqual(['a', 'c', 'b']);
    await t.add('nora', { title: 'd', listId: list });
    expect(await titles('nora', list)).toEqual(['a', 'c', 'b', 'd']);
  });

  it('tasks made in the same instant are told apart', async () => {
    const { list, ids, move } = await listOf('ties', ['a', 'b', 'c', 'd']);
    await t.pool.query(`UPDATE todo.tasks SET created_at = '2026-01-01Z' WHERE list_id = $1`, [
      list,
    ]);
    const before = await titles('ties', list);
    const last = before.at(-1) ?? '';
    await move(last, before[0] ?? '');
    expect(await titles('ties', list)).toEqual([before[0], last, before[1], before[2]]);
    expect(ids[last]).toBeDefined();
  });

  it('a page goes on after the last row seen', async () => {
    const { list, move } = await listOf('page', ['a', 'b', 'c']);
    await move('c', null);
    const first = await t.ask('page', 'GET', `/tasks?listId=${list}&sort=manual&limit=2`);
    const second = await t.ask(
      'page',
      'GET',
      `/tasks?listId=${list}&sort=manual&limit=2&cursor=${first.body.nextCursor ?? ''}`,
    );
    const all = [...first.body.items, ...second.body.items].map(({ title }) => title);
    expect(all).toEqual(['c', 'a', 'b']);
  });

  it('only the own tasks, only beside each other', async () => {
    const mine = await listOf('olga', ['a', 'b']);
    const other = await listOf('paul', ['x']);
    const foreign = `/tasks/${mine.ids['a']}/move`;
    expect((await t.ask('paul', 'POST', foreign, { after: null })).status).toBe(404);
    const apart = await t.ask('olga', 'POST', foreign, { after: other.ids['x'] });
    expect(apart).toMatchObject({ status: 400, body: { errors: [{ field: 'after' }] } });
    const loose = await t.add('olga', { title: 'in no list' });
    expect((await t.ask('olga', 'POST', foreign, { after: loose.id })).status).toBe(400);
  });

  it('tags of open tasks, with their number', async () => {
    await t.add('tina', { title: 'a', tags: ['home', 'Errand'] });
    await t.add('tina', { title: 'b', tags: ['home'] });
    const done = await t.add('tina', { title: 'c', tags: ['gone'] });
    await t.ask('tina', 'POST', `/tasks/${done.id}/complete`);
    const { body } = await t.ask('tina', 'GET', '/tags');
    expect(body.items).toEqual([
      { tag: 'Errand', open: 1 },
      { tag: 'home', open: 2 },
    ]);
  });

  it('G04: a reader that gets only whole answers hears of everything, once, in order', async () => {
    const url = await t.backend.app.listen({ host: '127.0.0.1', port: 0 });
    const authorization = `Bearer ${await t.token('wim')}`;
    const ask = async (lastEventId?: string) => {
      const answer = await fetch(`${url}/api/v1/live?wait=whole`, {
        headers: { authorization, ...(lastEventId && { 'last-event-id': lastEventId }) },
      });
      return await answer.text(); // resolves only when the answer has ended
    };
    const idsOf = (text: string) => [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
    const start = await ask();
    expect(start).toContain('event: ready');
    let last = idsOf(start).at(-1) ?? -1;
    const heard: number[] = [];
    const waiting = ask(String(last));
    await t.add('wim', { title: 'first' });
    const first = idsOf(await waiting);
    heard.push(...first);
    await t.add('wim', { title: 'between two questions' });
    await t.add('wim', { title: 'and another' });
    last = heard.at(-1) ?? -1;
    heard.push(...idsOf(await ask(String(last))));
    expect(heard).toEqual([1, 2, 3]);
  });
});
