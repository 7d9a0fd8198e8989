// Single occurrences of a series in files (case R02): changed alone, left out, changed with all that follow. They come with the
// series, hold when their turn comes, and go out again so that another engine reads the same.
import { expect, it } from 'vitest';
import ICAL from 'ical.js';
import type { Task } from '@todo/contracts/task';
import { occurrencesToCome } from '../../src/tasks/exceptions.ts';
import type { Repeating } from '../../src/tasks/exceptions.ts';
import { occurrencesOf } from '../other-engine.ts';
import { calendar, inThreeZones, newPerson } from './files-under-test.ts';

const ICS = 'text/calendar';
const BERLIN = 'Europe/Berlin';

/** The present occurrence and those to come: the due and the title of each. */
function seen(task: Task, n: number): string[] {
  const repeating = task as Repeating;
  const at = new Date(task.dueAt ?? '');
  return [repeating, ...occurrencesToCome(repeating, BERLIN, at, n - 1)].map(
    ({ due, dueAt, title }) => `${due.kind === 'date' ? due.date : (dueAt ?? '')} ${title}`,
  );
}

/** The same by another engine. */
function readByOther(text: string, n: number): string[] {
  return occurrencesOf(text, n).map(({ due, title }) => {
    const at = due.isDate ? due.toString() : due.toJSDate().toISOString();
    return `${at} ${title}`;
  });
}

const SERIES = [
  'UID:a',
  'SUMMARY:swim',
  'DESCRIPTION:bring a towel',
  'CATEGORIES:sport',
  'DTSTART;TZID=Europe/Berlin:20370302T180000',
  'DUE;TZID=Europe/Berlin:20370302T190000',
  'RRULE:FREQ=WEEKLY;BYDAY=MO',
];

inThreeZones('single occurrences in files', (backend) => {
  it('R02: each is where it belongs, whatever names it, and goes out again', async () => {
    const who = await newPerson(backend(), BERLIN);
    const { report } = await who.send(
      calendar(
        // the present one, before its series; a whole day later
        ['UID:a', 'SUMMARY:swim late', 'RECURRENCE-ID:20370302T170000Z', 'DUE:20370303T180000Z'],
        [...SERIES, 'EXDATE;TZID=America/New_York:20370309T130000', 'EXDATE;VALUE=DATE:20370330'],
        // of one to come, its start alone: the due is as long after it
        [
          'UID:a',
          'RECURRENCE-ID;TZID=Europe/Berlin:20370316T180000',
          'SUMMARY:dive',
          'DTSTART;TZID=Europe/Berlin:20370317T080000',
        ],
        ['UID:b', 'SUMMARY:other', 'DUE;VALUE=DATE:20370302'],
      ),
      ICS,
    );
    expect(report).toMatchObject({ read: 4, created: 2, leftOut: 0 });
    const expected = [
      '2037-03-03T18:00:00.000Z swim late',
      '2037-03-17T08:00:00.000Z dive',
      '2037-03-23T18:00:00.000Z swim',
      '2037-04-06T17:00:00.000Z swim',
    ];
    const task = await who.task('swim late');
    expect(seen(task, 4)).toEqual(expected);
    expect(task).toMatchObject({
      notes: 'bring a towel',
      tags: ['sport'],
      usual: { title: 'swim' },
    });
    const file = await who.export('ics');
    expect(readByOther(file, 4)).toEqual(expected);
    for (const format of ['ics', 'json']) {
      const other = await newPerson(backend(), BERLIN);
      const again = await other.send(
        await who.export(format),
        format === 'ics' ? ICS : 'application/json',
      );
      expect(again.report, again.body).toMatchObject({ created: 2, changed: 0, leftOut: 0 });
      const copy = await other.task('swim late');
      expect(seen(copy, 4)).toEqual(expected);
      expect(copy.usual).toEqual(task.usual);
    }
  });

  it.each([
    [
      'two hours and a day later',
      'DTSTART:20370310T190000Z',
      ['03-02T18:00', '03-10T20:00', '03-17T20:00'],
    ],
    ['an hour earlier', 'DTSTART:20370309T160000Z', ['03-02T18:00', '03-09T17:00', '03-16T17:00']],
    [
      'the day before',
      'DTSTART;TZID=Europe/Berlin:20370308T180000',
      ['03-02T18:00', '03-08T18:00', '03-15T18:00'],
    ],
    ['with another title alone', 'SUMMARY:run', ['03-02T18:00', '03-09T18:00', '03-16T18:00']],
  ])('R02: this and all following, %s', async (_what, line, dues) => {
    const who = await newPerson(backend(), BERLIN);
    const range = 'RECURRENCE-ID;RANGE=THISANDFUTURE:20370309T170000Z';
    const file = calendar(SERIES, ['UID:a', range, line]);
    expect((await who.send(file, ICS)).report).toMatchObject({ created: 1, leftOut: 0 });
    const times = (task: Task) => seen(task, 3).map((one) => one.slice(5, 16));
    expect(times(await who.task('swim'))).toEqual(dues);
    // and out, and in again
    const other = await newPerson(backend(), BERLIN);
    await other.send(await who.export('ics'), ICS);
    expect(times(await other.task('swim'))).toEqual(dues);
  });

  it('R02: this and all following, from the present one or from one that is done', async () => {
    const who = await newPerson(backend(), BERLIN);
    const range = 'RECURRENCE-ID;RANGE=THISANDFUTURE:20370302T170000Z';
    await who.send(
      calendar(SERIES, ['UID:a', range, 'SUMMARY:run', 'DTSTART:20370303T170000Z']),
      ICS,
    );
    expect(seen(await who.task('run'), 3)).toEqual([
      '2037-03-03T18:00:00.000Z run',
      '2037-03-10T18:00:00.000Z run',
      '2037-03-17T18:00:00.000Z run',
    ]);
    const done = await newPerson(backend(), BERLIN);
    const series = [...SERIES, 'EXDATE;TZID=Europe/Berlin:20370302T180000,20370309T180000'];
    await done.send(
      calendar(series, ['UID:a', range, 'SUMMARY:run', 'DTSTART:20370303T170000Z']),
      ICS,
    );
    expect(seen(await done.task('run'), 2)).toEqual([
      '2037-03-17T18:00:00.000Z run',
      '2037-03-24T18:00:00.000Z run',
    ]);
  });

  it('a change of what is no occurrence is reported, with the series unchanged', async () => {
    const who = await newPerson(backend(), BERLIN);
    const { report } = await who.send(
      calendar(SERIES, ['UID:a', 'RECURRENCE-ID:20370310T170000Z', 'SUMMARY:never']),
      ICS,
    );
    expect(report).toMatchObject({ created: 1, changed: 1 });
    expect(JSON.stringify(report)).toContain('no occurrence of the series begins at');
    expect(seen(await who.task('swim'), 2).map((one) => one.slice(0, 10))).toEqual([
      '2037-03-02',
      '2037-03-09',
    ]);
  });

  it('a done task with a change of its own comes back as it is', async () => {
    const who = await newPerson(backend(), BERLIN);
    const due = { kind: 'date', date: '2037-03-02' };
    const { id } = await who.ask('POST', '/tasks', {
      title: 'x',
      due,
      recurrence: { rule: 'FREQ=WEEKLY' },
    });
    await who.ask('PATCH', `/tasks/${id}`, {
      title: 'y',
      due: { ...due, date: '2037-03-05' },
      scope: 'this',
    });
    await who.ask('POST', `/tasks/${id}/complete`);
    const other = await newPerson(backend(), BERLIN);
    const { report } = await other.send(await who.export('ics'), ICS);
    expect(report).toMatchObject({ created: 1, changed: 0, leftOut: 0 });
    expect(await other.task('y')).toMatchObject({
      status: 'done',
      due: { date: '2037-03-05' },
      usual: { title: 'x', due },
    });
  });

  it('a feed shows each where it is, with its own title, and none that is left out', async () => {
    const t = backend();
    const who = await newPerson(t, BERLIN);
    await who.send(
      calendar(
        [...SERIES, 'EXDATE:20370309T170000Z'],
        ['UID:a', 'RECURRENCE-ID:20370302T170000Z', 'SUMMARY:swim late', 'DUE:20370303T180000Z'],
        ['UID:a', 'RECURRENCE-ID:20370316T170000Z', 'SUMMARY:dive', 'DUE:20370317T080000Z'],
      ),
      ICS,
    );
    const feed = async (content: string) => {
      const made = (await who.ask('POST', '/feeds', { name: 'f', content })) as unknown as {
        path: string;
      };
      return (await t.backend.app.inject({ url: made.path })).body;
    };
    const root = new ICAL.Component(ICAL.parse(await feed('events')) as unknown[]);
    const events = root.getAllSubcomponents('vevent').map((one) => new ICAL.Event(one));
    expect(
      events.slice(0, 3).map((one) => `${one.startDate.toString().slice(0, 16)} ${one.summary}`),
    ).toEqual(['2037-03-03T18:00 swim late', '2037-03-17T08:00 dive', '2037-03-23T19:00 swim']);
    expect(readByOther(await feed('tasks'), 3)).toEqual([
      '2037-03-03T18:00:00.000Z swim late',
      '2037-03-17T08:00:00.000Z dive',
      '2037-03-23T18:00:00.000Z swim',
    ]);
  });
});
