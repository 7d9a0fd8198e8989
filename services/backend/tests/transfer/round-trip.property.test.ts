// Any set of tasks, written and read again: as JSON the same in all but ids, as iCalendar the same in all that it can say.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Task } from '@todo/contracts/task';
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';
import { newPerson } from './files-under-test.ts';
import type { FilePerson } from './files-under-test.ts';

const ROUNDS = Number(process.env['ROUND_TRIPS'] ?? 8);

/** Numbers from 0 to 1 that a seed decides. */
function randomOf(seed: number): () => number {
  let state = seed * 2_654_435_761;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e3779b9) | 0;
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
  };
}

async function fill(who: FilePerson, random: () => number): Promise<void> {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const texts = [
    'plain',
    'a, b; c\\d',
    "'=1+1",
    '=x',
    'ünï 😀 \u{1F469}\u200D\u{1F4BB}',
    '"quoted"',
    'x'.repeat(300),
    'two\nlines',
    '#tag',
    '  ',
  ];
  const lists: Task[] = [];
  for (const name of ['Garden', 'Garden', 'Ärzte; "x", y'].slice(0, Math.floor(random() * 4)))
    lists.push(await who.ask('POST', '/lists', { name }));
  const made: Task[] = [];
  for (let n = Math.ceil(random() * 10); n > 0; n -= 1) {
    const due = pick([
      null,
      { kind: 'date', date: '2037-01-31' },
      { kind: 'date', date: '2036-02-29' },
      { kind: 'instant', at: '2037-03-10T08:15:30.000Z' },
      { kind: 'local', local: '2037-03-29T02:30', zone: 'Europe/Berlin' },
      { kind: 'local', local: '2037-01-31T09:00', zone: 'America/New_York' },
    ]);
    const recurrence =
      due &&
      pick([
        null,
        {
          rule: pick([
            'FREQ=MONTHLY',
            'freq=weekly;interval=2',
            'FREQ=YEARLY',
            'FREQ=DAILY;COUNT=5',
            'FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20391231',
            'INTERVAL=3;FREQ=MONTHLY',
            'FREQ=MONTHLY;BYMONTHDAY=15,31',
          ]),
          from: pick(['due', 'completion']),
        },
      ]);
    const befores = ['PT0S', 'PT15M', 'P1D', 'P1M', 'P1Y', 'P1W', 'P1DT2H', 'PT36H'].map(
      (before) => ({ before }),
    );
    const task = await who.ask('POST', '/tasks', {
      title: `t${n} ${pick(texts)}`,
      notes: pick(['', ...texts]),
      priority: pick(['none', 'low', 'medium', 'high']),
      tags: pick([[], ['home'], ['two words', 'a,b', 'c"d']]),
      listId: random() < 0.5 ? null : (lists[Math.floor(random() * lists.length)]?.id ?? null),
      parentId: made.length > 0 && random() < 0.4 ? pick(made).id : null,
      due,
      recurrence,
      reminders: due ? [pick(befores), { at: '2037-01-01T08:00:00Z' }] : [],
    });
    if (!('id' in task)) continue; // too deep
    made.push(task);
    if (random() < 0.3) await who.ask('POST', `/tasks/${task.id}/complete`);
  }
}

/** Tasks as they are without ids, to the second where a format has no more. */
async function picture(who: FilePerson, toSeconds: boolean): Promise<object[]> {
  const tasks = await who.tasks();
  const lists = await who.lists();
  const at = (text: string | null): string | null =>
    toSeconds ? (text?.slice(0, 19) ?? null) : text;
  const series = [...new Set(tasks.map((task) => task.seriesId))];
  return tasks.map(
    ({ id: _id, version: _version, listId, parentId, seriesId, reminders, ...task }) => ({
      ...task,
      parent: tasks.find((one) => one.id === parentId)?.title ?? null,
      list: lists.find((list) => list.id === listId)?.name ?? null,
      listNumber: toSeconds ? null : lists.findIndex((list) => list.id === listId),
      series: seriesId === null ? null : series.indexOf(seriesId),
      reminders: reminders.map(({ id: _own, ...reminder }) => reminder),
      createdAt: at(task.createdAt),
      updatedAt: at(task.updatedAt),
      completedAt: at(task.completedAt),
    }),
  );
}

describe('round trips', { timeout: 300_000 }, () => {
  let t: TestBackend;
  beforeAll(async () => {
    t = await startTestBackend();
  });
  afterAll(() => t.close());

  it.each(Array.from({ length: ROUNDS }, (_, n) => n + 1))('tasks of seed %i', async (seed) => {
    const who = await newPerson(t, 'Europe/Berlin');
    await fill(who, randomOf(seed));
    const json = await newPerson(t, 'Europe/Berlin');
    const restored = await json.send(await who.export('json'), 'application/json');
    expect(restored.report, restored.body).toMatchObject({ changed: 0, leftOut: 0 });
    expect(await picture(json, false)).toEqual(await picture(who, false));
    const ics = await newPerson(t, 'Europe/Berlin');
    const file = await who.export('ics');
    const read = await ics.send(file, 'text/calendar');
    expect(read.report, read.body).toMatchObject({ changed: 0, leftOut: 0 });
    const byTitle = (a: object, b: object): number =>
      (a as Task).title < (b as Task).title ? -1 : 1;
    const without = (one: object): object => ({ ...one, series: null });
    expect((await picture(ics, true)).map(without).sort(byTitle)).toEqual(
      (await picture(who, true)).map(without).sort(byTitle),
    );
  });
});
