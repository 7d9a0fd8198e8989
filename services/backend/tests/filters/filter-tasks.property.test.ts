// What the database answers to a filter is what a reader of each task would say: random tasks and filters in three zones, page
// by page, in every order.
import type { Task } from '@todo/contracts/task';
import { seededRandom } from '@todo/testing/seeded-random';
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_FILTER } from '../../src/filters/expression.ts';
import { parseFilter } from '../../src/filters/parse-filter.ts';
import { printFilter } from '../../src/filters/print-filter.ts';
import { newTask } from '../../src/tasks/input.ts';
import type { NewTask } from '../../src/tasks/input.ts';
import type { TaskContext } from '../../src/tasks/task-context.ts';
import { filters, finds, TAGS } from './random-filters.ts';

/** Wednesday. In Honolulu still Tuesday, in Auckland (and everywhere east of Greenwich by 11 hours) Thursday for some hours. */
const NOW = new Date('2027-05-19T11:45:00Z');
const ZONES = ['Pacific/Honolulu', 'Europe/Berlin', 'Pacific/Auckland'] as const;
const LISTS = ['errands', 'Shopping list', 'a"b'];
const TITLES = ['Buy milk', 'Oat milk', 'schön', 'pay 50 % of a_b', 'say "hello"', 'Call'];
const PARENTS = 100;

describe('tasks of a filter', { timeout: 120_000 }, () => {
  let t: TestBackend;
  const people = new Map<
    string,
    { authorization: string; tasks: Task[]; lists: { id: string; name: string }[] }
  >();

  beforeAll(async () => {
    t = await startTestBackend({ clock: () => NOW });
    for (const zone of ZONES) {
      const authorization = `Bearer ${await t.token(zone, { zone })}`;
      const lists = [];
      for (const name of LISTS) {
        const made = await t.ask(zone, 'POST', '/lists', { name }, { authorization });
        lists.push({ id: made.body.id, name });
      }
      await fill(zone, lists);
      const { body } = await t.ask(zone, 'GET', '/tasks?limit=200', undefined, { authorization });
      people.set(zone, { authorization, tasks: body.items, lists });
    }
  });
  afterAll(() => t.close());

  async function fill(zone: string, lists: { id: string }[]): Promise<void> {
    const random = seededRandom(zone.length * 7 + zone.charCodeAt(0));
    const one = <T>(choices: readonly T[]): T =>
      choices[Math.floor(random() * choices.length)] as T;
    /** Around now, so that every boundary of a day has tasks on both sides. */
    const near = (): Date =>
      new Date(NOW.getTime() + Math.round((random() - 0.5) * 40 * 24) * 3_600_000);
    const taskBelow = (parentId: string | null): NewTask => {
      const at = near().toISOString();
      const due = one([
        null,
        { kind: 'instant', at },
        { kind: 'date', date: at.slice(0, 10) },
        { kind: 'local', local: at.slice(0, 16), zone: one(ZONES) },
      ]);
      return newTask.parse({
        title: one(TITLES),
        notes: one(['', '', 'MILK']),
        priority: one(['none', 'low', 'medium', 'high']),
        tags: [one(TAGS), one(TAGS)].filter(() => random() < 0.5),
        listId: parentId === null ? one([null, ...lists.map((list) => list.id)]) : null,
        parentId,
        due,
        recurrence: due && random() < 0.2 ? { rule: 'FREQ=DAILY' } : null,
        reminders: random() < 0.2 ? [{ at: '2027-06-01T00:00:00Z' }] : [],
      });
    };
    const context: TaskContext = {
      userId: zone,
      actor: { kind: 'user', id: zone },
      zone,
      locale: 'en',
    };
    const { tasks } = t.backend.parts;
    const parents = await tasks.createMany(
      context,
      Array.from({ length: PARENTS }, () => taskBelow(null)),
    );
    const below = await tasks.createMany(
      context,
      parents.filter((_, n) => n % 8 === 0).map(({ id }) => taskBelow(id)),
    );
    const ids = [...parents, ...below].map(({ id }) => id).filter(() => random() < 0.3);
    await tasks.bulk(context, { action: 'complete', ids });
    // as if made and done over some weeks
    await t.pool.query(
      `UPDATE todo.tasks SET created_at = created_at - (abs(hashtext(id::text)) % 480) * interval '1 hour',
         completed_at = completed_at - (abs(hashtext(title || id::text)) % 480) * interval '1 hour' WHERE user_id = $1`,
      [zone],
    );
  }

  it('are those that a reader of each task would name', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...ZONES),
        filters(LISTS),
        fc.constantFrom('due', 'created', 'completed', 'updated', 'oldest', 'manual'),
        fc.constantFrom(20, 200),
        async (zone, made, sort, limit) => {
          const person = people.get(zone)!;
          const text = printFilter(made);
          fc.pre(text.length <= MAX_FILTER);
          const read = parseFilter(text, { now: NOW, zone, locale: 'en', lists: person.lists });
          if ('error' in read) throw new Error(`${text}: ${read.error.message}`);
          const expected = person.tasks.filter((task) =>
            finds(read.expression, task, person.tasks, { now: NOW, zone }),
          );
          const found: string[] = [];
          let cursor: string | null = null;
          do {
            const query = new URLSearchParams({
              filter: text,
              sort,
              limit: String(limit),
              ...(cursor === null ? {} : { cursor }),
            });
            const { status, body } = await t.ask(
              zone,
              'GET',
              `/tasks?${query.toString()}`,
              undefined,
              { authorization: person.authorization },
            );
            expect(status, JSON.stringify(body)).toBe(200);
            found.push(...body.items.map(({ id }) => id));
            cursor = body.nextCursor;
          } while (cursor !== null);
          expect(new Set(found).size, text).toBe(found.length);
          expect(found.toSorted(), text).toEqual(expected.map(({ id }) => id).toSorted());
          const query = new URLSearchParams({ filter: text });
          const counted = await t.ask(zone, 'GET', `/tasks/count?${query.toString()}`, undefined, {
            authorization: person.authorization,
          });
          expect(counted.body).toMatchObject({
            count: expected.length,
            more: false,
            filter: printFilter(read.expression),
          });
        },
      ),
      { numRuns: 80 },
    );
  });
});
