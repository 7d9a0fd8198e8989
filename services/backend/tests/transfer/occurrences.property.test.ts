// Random series with occurrences that are left out, moved, renamed, or changed with all that follow: our reading against ical.js,
// which shares nothing with it, of the file as it came and of the file that we write of the task.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dueInstant } from '@todo/contracts/due';
import { seriesDue } from '@todo/contracts/recurrence';
import type { Task } from '@todo/contracts/task';
import { isRepeating, occurrencesToCome } from '../../src/tasks/exceptions.ts';
import { makeImported } from '../../src/tasks/rules.ts';
import { adopter } from '../../src/transfer/adopt.ts';
import { calendarReader } from '../../src/transfer/icalendar/read-calendar.ts';
import { vtodo } from '../../src/transfer/icalendar/write-calendar.ts';
import { occurrencesOf } from '../other-engine.ts';
import { calendar } from './files-under-test.ts';

const ZONE = 'Europe/Berlin';
const DAY_MS = 86_400_000;
const NOW = new Date('2027-01-01T00:00:00Z');
const SHOWN = 12;
const RUNS = Number(process.env['SERIES'] ?? 60);

interface Change {
  readonly at: number;
  readonly what: 'left out' | 'moved' | 'renamed';
  readonly days: number;
}
interface Series {
  readonly kind: 'date' | 'utc';
  readonly freq: 'DAILY' | 'WEEKLY' | 'MONTHLY';
  readonly interval: number;
  readonly count: number | null;
  readonly start: number;
  readonly leadDays: number;
  readonly changes: readonly Change[];
  readonly range: { readonly at: number; readonly days: number } | null;
}

const series: fc.Arbitrary<Series> = fc.record({
  kind: fc.constantFrom('date', 'utc'),
  freq: fc.constantFrom('DAILY', 'WEEKLY', 'MONTHLY'),
  interval: fc.integer({ min: 1, max: 3 }),
  count: fc.option(fc.integer({ min: 2, max: 30 })),
  // days of a month that every month has
  start: fc.integer({ min: 0, max: 27 }),
  leadDays: fc.integer({ min: 0, max: 2 }),
  changes: fc.uniqueArray(
    fc.record({
      at: fc.integer({ min: 0, max: 9 }),
      what: fc.constantFrom('left out', 'moved', 'renamed'),
      days: fc.integer({ min: -1, max: 3 }),
    }),
    { selector: (change) => change.at, maxLength: 5 },
  ),
  range: fc.option(
    fc.record({ at: fc.integer({ min: 10, max: 11 }), days: fc.integer({ min: 0, max: 3 }) }),
    { freq: 2 },
  ),
});

/** A day as the series writes it: a date, or that day at 09:00 UTC. */
function stamp({ kind }: Series, day: Date): string {
  const text = day.toISOString().slice(0, 10).replaceAll('-', '');
  return kind === 'date' ? text : `${text}T090000Z`;
}

function fileOf(one: Series): string {
  const value = one.kind === 'date' ? ';VALUE=DATE' : '';
  const first = new Date(Date.UTC(2037, 2, 1 + one.start));
  const later = (day: Date, days: number) => new Date(day.getTime() + days * DAY_MS);
  const nth = (n: number): Date => {
    const step = n * one.interval;
    if (one.freq === 'DAILY') return later(first, step);
    if (one.freq === 'WEEKLY') return later(first, step * 7);
    return new Date(Date.UTC(2037, 2 + step, 1 + one.start));
  };
  const line = (name: string, day: Date) => `${name}${value}:${stamp(one, day)}`;
  const times = (day: Date) => [line('DTSTART', day), line('DUE', later(day, one.leadDays))];
  const isThere = (n: number) => one.count === null || n < one.count;
  const known = one.changes.filter(({ at }) => isThere(at));
  const range = one.range && isThere(one.range.at) ? one.range : null;
  const leftOut = known.filter(({ what }) => what === 'left out').map(({ at }) => nth(at));
  return calendar(
    [
      'UID:s',
      'SUMMARY:usual',
      ...times(first),
      `RRULE:FREQ=${one.freq};INTERVAL=${one.interval}${one.count === null ? '' : `;COUNT=${one.count}`}`,
      ...leftOut.map((day) => line('EXDATE', day)),
    ],
    ...known
      .filter(({ what }) => what !== 'left out')
      .map(({ at, what, days }) => [
        'UID:s',
        line('RECURRENCE-ID', nth(at)),
        `SUMMARY:${what} ${at}`,
        ...times(what === 'moved' ? later(nth(at), days) : nth(at)),
      ]),
    ...(range
      ? [
          [
            'UID:s',
            line('RECURRENCE-ID;RANGE=THISANDFUTURE', nth(range.at)),
            'SUMMARY:from then on',
            ...times(later(nth(range.at), range.days)),
          ],
        ]
      : []),
  );
}

async function* once(text: string): AsyncGenerator<string> {
  yield await Promise.resolve(text);
}

async function taskOf(text: string): Promise<{ task: Task; notes: readonly unknown[] }> {
  const context = { zone: ZONE, locale: 'en-GB', now: NOW };
  const reader = calendarReader(context);
  const staged = [];
  for await (const entry of reader.entries(once(text))) staged.push(entry);
  const main = staged.find((entry) => entry.isAside !== true)!;
  const { input, ...adopted } = adopter(NOW)(reader.finish(main));
  const actor = { kind: 'user', id: 'anna' } as const;
  const task = makeImported(
    {
      userId: 'anna',
      actor,
      zone: ZONE,
      zoneAsOf: null,
      locale: 'en-GB',
      clock: () => NOW,
    },
    { ...input, listId: null, parentId: null },
    {
      id: '0197f2e0-0000-7000-8000-000000000000',
      status: 'open',
      completedAt: null,
      createdAt: NOW.toISOString(),
      updatedAt: NOW.toISOString(),
      seriesId: null,
      occurrence: adopted.occurrence,
      usual: adopted.usual,
      exceptions: adopted.exceptions,
    },
  );
  return { task, notes: adopted.notes };
}

function ours(task: Task): string[] {
  if (!isRepeating(task)) return [`${dayOf(task)} ${task.title}`];
  // done when the rule says: one that was put off and done late passes over others
  const doneAt = dueInstant(seriesDue(task), ZONE);
  const coming = occurrencesToCome(task, ZONE, doneAt, SHOWN - 1);
  return [task, ...coming].map((one) => `${dayOf(one)} ${one.title}`);
}

function dayOf({ due }: Task): string {
  return due?.kind === 'date' ? due.date : due?.kind === 'instant' ? due.at.slice(0, 10) : '';
}

function others(text: string, n: number): string[] {
  return occurrencesOf(text, n).map(({ due, title }) => `${due.toString().slice(0, 10)} ${title}`);
}

describe('occurrences of a series, against another engine', () => {
  it('read and written, they are the same', { timeout: 120_000 }, async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(series, async (one) => {
        const file = fileOf(one);
        const expected = others(file, SHOWN);
        if (expected.length === 0) return; // all of it is left out
        const { task, notes } = await taskOf(file);
        expect(notes.filter((note) => JSON.stringify(note).includes('no occurrence'))).toEqual([]);
        expect(ours(task), file).toEqual(expected);
        const written = calendar(
          vtodo({ task, list: null, uid: 's', parentUid: null, place: null }, ZONE).trimEnd(),
        );
        expect(others(written, SHOWN), written).toEqual(expected);
        const again = (await taskOf(written)).task;
        expect(ours(again), written).toEqual(expected);
        compared += 1;
      }),
      { numRuns: RUNS, seed: 20_370_302 },
    );
    expect(compared).toBeGreaterThan(RUNS / 2);
  });
});
