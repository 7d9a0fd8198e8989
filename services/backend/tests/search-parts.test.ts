// Searches that no trigram helps: found by their characters, and asked of the index only where it is needed.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';
import { planOf } from '@todo/testing/list-statement';

describe('short searches', () => {
  let t: TestBackend;
  beforeAll(async () => {
    t = await startTestBackend();
  });
  afterAll(() => t.close());

  it('finds what is too short for a trigram by an index too, whatever the statistics say', async () => {
    const texts = Array.from({ length: 3_000 }, (_, n) => `hold ${n}`);
    const rare = [
      '東京へ行く',
      '京都',
      'c++ and c#',
      'say “zq”',
      'party 🎉',
      '50 %',
      'ab?',
      'a.b?',
    ];
    const insert = `INSERT INTO todo.tasks (id, user_id, version, title, notes, status, priority, tags, due, due_at, reminders,
        occurrence, created_at, updated_at, search, deleted_at)
      SELECT gen_random_uuid(), $1, 1, title, '', 'open', n % 4, '{}', NULL, timestamptz '2027-01-01Z' + make_interval(mins => n::int),
        '[]', 1, now(), now(), title || E'\\n', CASE WHEN $3 THEN now() END
      FROM unnest($2::text[]) WITH ORDINALITY AS given(title, n)`;
    // statistics of a table that was next to empty, as for the first minutes after a large import
    await t.pool.query('ANALYZE todo.tasks');
    await t.add('fritz', { title: 'the first' });
    await t.add('frida', { title: 'the first' });
    await t.pool.query(insert, ['fritz', [...texts, ...rare], false]);
    await t.pool.query(insert, ['fritz', rare, true]);
    await t.pool.query(insert, [
      'frida',
      [...texts, ...rare.map((text) => `not his ${text}`)],
      false,
    ]);
    const found = async (q: string, more = '') =>
      (await t.ask('fritz', 'GET', `/tasks?q=${encodeURIComponent(q)}${more}`)).body.items.map(
        ({ title }) => title,
      );
    for (const q of [
      '京',
      '東京',
      'zq',
      '🎉',
      '%',
      '“',
      'c++',
      'c#',
      '+ a',
      '"+ a"',
      'b? a',
      '都 京',
    ]) {
      const terms = q.startsWith('"') ? [q.slice(1, -1)] : q.split(' ');
      const expected = rare.filter((text) => terms.every((term) => text.includes(term)));
      expect(expected.length).toBeGreaterThan(0);
      expect(await found(q), q).toEqual(expected);
      expect(await planOf(t.pool, 'fritz', `q=${encodeURIComponent(q)}`)).toMatch(
        /Bitmap Index Scan on tasks_search_parts|Index Scan using tasks_search_parts/,
      );
    }
    expect(await found('a', '&priority=high')).toEqual(['c++ and c#', 'ab?']);
    expect(await found('qz')).toEqual([]);
    expect(await found('京都', '&sort=updated')).toEqual(['京都']);
    // nobody has ordered them and all are of one moment: the order is any
    expect((await found('京', '&sort=manual')).sort()).toEqual(['京都', '東京へ行く']);
    // a title that loses and gains parts
    const kyoto = await t.ask('fritz', 'GET', `/tasks?q=${encodeURIComponent('都')}`);
    for (const { id } of kyoto.body.items)
      await t.ask('fritz', 'PATCH', `/tasks/${id}`, { title: '大阪' });
    expect(await found('都')).toEqual([]);
    expect(await found('阪')).toEqual(['大阪']);
  });

  it('answers who has few tasks without a second look', async () => {
    for (const title of ['one', 'two', 'three']) await t.add('felix', { title, tags: [title] });
    for (const query of ['q=two', 'q=tw', 'tag=two']) {
      expect((await t.ask('felix', 'GET', `/tasks?${query}`)).body.items).toHaveLength(1);
      const plan = await planOf(t.pool, 'felix', query, 'ANALYZE');
      // the list's own order, and the page's rows by their key
      const read = plan
        .split('\n')
        .filter((line) => line.includes('Scan') && line.includes(' tasks'));
      expect(read.filter((line) => !line.includes('never executed'))).toHaveLength(2);
    }
  });
});
