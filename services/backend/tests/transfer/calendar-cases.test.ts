// What people were burnt by with calendar files (cases N01 to N11, R01, R02), with the server's process in three zones.
import { expect, it } from 'vitest';
import { nextDue } from '@todo/contracts/recurrence';
import type { Due, Task } from '@todo/contracts/task';
import { calendar, inThreeZones, newPerson } from './files-under-test.ts';

const BERLIN = 'Europe/Berlin';

/** The dues that follow, each completed when it is due. */
function following(task: Task, n: number): string[] {
  const dues: string[] = [];
  let due = task.due as Due;
  for (let k = 0; k < n; k += 1) {
    const { rule, from, anchor, zone = 'UTC', lead } = task.recurrence!;
    const next = nextDue({
      rule,
      from,
      anchor,
      lead,
      zone,
      due,
      completedAt: new Date(
        due.kind === 'instant'
          ? due.at
          : due.kind === 'local'
            ? `${due.local}Z`
            : `${due.date}T12:00:00Z`,
      ),
      occurrence: task.occurrence + k,
    });
    if (!next) break;
    due = next;
    dues.push(due.kind === 'date' ? due.date : due.kind === 'local' ? due.local : due.at);
  }
  return dues;
}

inThreeZones('calendar files', (backend) => {
  const ICS = 'text/calendar';

  it.each([
    [
      'child first',
      [
        ['UID:c', 'SUMMARY:Buy paint', 'RELATED-TO;RELTYPE=PARENT:p'],
        ['UID:p', 'SUMMARY:Paint the hall'],
      ],
    ],
    [
      'parent first',
      [
        ['UID:p', 'SUMMARY:Paint the hall'],
        ['UID:c', 'SUMMARY:Buy paint', 'RELATED-TO:p'],
      ],
    ],
    [
      'the parent names the child',
      [
        ['UID:p', 'SUMMARY:Paint the hall', 'RELATED-TO;RELTYPE=CHILD:c'],
        ['UID:c', 'SUMMARY:Buy paint'],
      ],
    ],
    [
      'in two calendars',
      [
        ['UID:c', 'SUMMARY:Buy paint', 'RELATED-TO:p'],
        'END:VCALENDAR',
        'BEGIN:VCALENDAR',
        ['UID:p', 'SUMMARY:Paint the hall'],
      ],
    ],
    [
      'an event as parent, last',
      [
        ['UID:c', 'SUMMARY:Buy paint', 'RELATED-TO:p'],
        'BEGIN:VEVENT',
        'UID:p',
        'SUMMARY:Paint the hall',
        'DTSTART:20270310T080000Z',
        'END:VEVENT',
      ],
    ],
  ])('N01: a subtask finds its parent: %s', async (_name, entries) => {
    const who = await newPerson(backend(), BERLIN);
    const { report } = await who.send(calendar(...(entries as string[][])), ICS);
    expect(report).toMatchObject({ created: 2, changed: 0 });
    expect((await who.task('Buy paint')).parentId).toBe((await who.task('Paint the hall')).id);
  });

  it('N01: three levels backwards, a circle, a parent that is not there', async () => {
    const who = await newPerson(backend(), BERLIN);
    const { report } = await who.send(
      calendar(
        ['UID:3', 'SUMMARY:third', 'RELATED-TO:2'],
        ['UID:2', 'SUMMARY:second', 'RELATED-TO:1'],
        ['UID:1', 'SUMMARY:first'],
        ['UID:x', 'SUMMARY:x', 'RELATED-TO:y'],
        ['UID:y', 'SUMMARY:y', 'RELATED-TO:x'],
        ['UID:z', 'SUMMARY:z', 'RELATED-TO:nowhere'],
      ),
      ICS,
    );
    expect(report.created).toBe(6);
    expect((await who.task('third')).parentId).toBe((await who.task('second')).id);
    expect((await who.task('second')).parentId).toBe((await who.task('first')).id);
    const notes = report.entries.flatMap((entry) => entry.notes.map((note) => note.why));
    expect(notes.join()).toMatch(/cycle/);
    expect(notes.join()).toMatch(/“nowhere” is not in the file/);
  });

  it.each([
    ['DUE:20270310T190000', BERLIN, '2027-03-10T18:00:00.000Z'],
    ['DUE:20270610T190000', 'America/New_York', '2027-06-10T23:00:00.000Z'],
    ['DTSTART:20270310T190000', 'Asia/Kolkata', '2027-03-10T13:30:00.000Z'],
    ['DUE:20270310T190000Z', BERLIN, '2027-03-10T19:00:00.000Z'],
    ['DUE;VALUE=DATE:20270310', 'Asia/Tokyo', '2027-03-10T14:59:59.000Z'],
  ])('N03: %s of a person in %s', async (line, zone, dueAt) => {
    const who = await newPerson(backend(), zone);
    await who.send(calendar(['UID:f', 'SUMMARY:floating', line]), ICS);
    expect((await who.task('floating')).dueAt).toBe(dueAt);
  });

  const vtimezone = (
    tzid: string,
    more: string[] = [],
    winter = '+0100',
    summer = '+0200',
  ): string =>
    [
      'BEGIN:VTIMEZONE',
      `TZID:${tzid}`,
      ...more,
      'BEGIN:STANDARD',
      'DTSTART:16010101T030000',
      `TZOFFSETFROM:${summer}`,
      `TZOFFSETTO:${winter}`,
      'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10',
      'END:STANDARD',
      'BEGIN:DAYLIGHT',
      'DTSTART:16010101T020000',
      `TZOFFSETFROM:${winter}`,
      `TZOFFSETTO:${summer}`,
      'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3',
      'END:DAYLIGHT',
      'END:VTIMEZONE',
    ].join('\r\n');

  it.each([
    [
      'W. Europe Standard Time',
      vtimezone('W. Europe Standard Time'),
      '2027-06-15T08:00:00.000Z',
      'Europe/Berlin',
    ],
    ['W. Europe Standard Time', '', '2027-06-15T08:00:00.000Z', 'Europe/Berlin'],
    [
      '/freeassociation.sourceforge.net/Europe/Paris',
      vtimezone('/freeassociation.sourceforge.net/Europe/Paris', ['X-LIC-LOCATION:Europe/Paris']),
      '2027-06-15T08:00:00.000Z',
      'Europe/Paris',
    ],
    [
      '/mozilla.org/20070129_1/America/Argentina/Buenos_Aires',
      '',
      '2027-06-15T13:00:00.000Z',
      'America/Argentina/Buenos_Aires',
    ],
    [
      'Westeuropäische Normalzeit',
      vtimezone('Westeuropäische Normalzeit'),
      '2027-06-15T08:00:00.000Z',
      undefined,
    ],
    ['(UTC+01:00) Amsterdam, Berlin, Bern', '', '2027-06-15T08:00:00.000Z', 'Europe/Amsterdam'],
    [
      'Customized Time Zone',
      vtimezone('Customized Time Zone', [], '+0217', '+0317'),
      '2027-06-15T06:43:00.000Z',
      undefined,
    ],
    ['tzone://Microsoft/Utc', '', '2027-06-15T10:00:00.000Z', 'UTC'],
    ['Nowhere At All', '', '2027-06-15T07:00:00.000Z', 'Europe/Helsinki'],
  ])('N04: the zone %s', async (tzid, definition, dueAt, zone) => {
    // somewhere else, so that no answer comes from the person's zone by chance
    const who = await newPerson(backend(), 'Europe/Helsinki');
    // defined after its use
    const { report } = await who.send(
      calendar(
        [
          'UID:z',
          'SUMMARY:zoned',
          `DUE;TZID=${/[:;,]/.test(tzid) ? `"${tzid}"` : tzid}:20270615T100000`,
        ],
        ['UID:p', 'SUMMARY:plain'],
        definition,
      ),
      ICS,
    );
    expect(report.created).toBe(2);
    const task = await who.task('zoned');
    expect(task.dueAt).toBe(dueAt);
    if (zone !== undefined) expect(task.due).toMatchObject({ zone });
    if (zone === 'Europe/Helsinki' || dueAt.includes('06:43'))
      expect(report).toMatchObject({
        changed: 1,
        entries: [{ notes: [{ property: 'DUE' }] }, {}],
      });
  });

  it('N06: DURATION gives the due, an alarm counts from what it names', async () => {
    const who = await newPerson(backend(), BERLIN);
    const alarm = (trigger: string): string[] => [
      'BEGIN:VALARM',
      'ACTION:DISPLAY',
      `TRIGGER${trigger}`,
      'END:VALARM',
    ];
    await who.send(
      calendar(
        [
          'UID:a',
          'SUMMARY:a',
          `DTSTART;TZID=${BERLIN}:20270310T090000`,
          'DURATION:PT3H',
          ...alarm(';RELATED=END:-PT30M'),
        ],
        [
          'UID:b',
          'SUMMARY:b',
          `DTSTART;TZID=${BERLIN}:20270310T090000`,
          `DUE;TZID=${BERLIN}:20270312T170000`,
          ...alarm(':-PT15M'),
        ],
        [
          'UID:c',
          'SUMMARY:c',
          'DTSTART;VALUE=DATE:20270310',
          'DURATION:P2D',
          ...alarm(';RELATED=END:-PT15H'),
        ],
        [
          'UID:d',
          'SUMMARY:d',
          `DTSTART;TZID=${BERLIN}:20270327T120000`,
          'DURATION:P1DT1H',
          ...alarm(':PT10M'),
        ],
        [
          'UID:e',
          'SUMMARY:e',
          'DUE:20270310T080000Z',
          ...alarm(';RELATED=END:PT10M'),
          ...alarm(';VALUE=DATE-TIME:20270301T080000Z'),
        ],
      ),
      ICS,
    );
    const reminders = async (title: string): Promise<string[]> => {
      const { rows } = await backend().pool.query<{ at: Date }>(
        'SELECT coalesce(pending_at, sent_for) AS at FROM todo.reminders WHERE task_id = $1 ORDER BY 1',
        [(await who.task(title)).id],
      );
      return rows.map(({ at }) => at.toISOString().slice(0, 16));
    };
    expect((await who.task('a')).dueAt).toBe('2027-03-10T11:00:00.000Z');
    expect(await reminders('a')).toEqual(['2027-03-10T10:30']);
    expect((await who.task('b')).dueAt).toBe('2027-03-12T16:00:00.000Z');
    expect(await reminders('b')).toEqual(['2027-03-10T07:45']);
    expect((await who.task('c')).due).toEqual({ kind: 'date', date: '2027-03-12' });
    expect(await reminders('c')).toEqual(['2027-03-11T08:00']);
    // a day on the calendar, over the clock change, and an hour
    expect((await who.task('d')).due).toMatchObject({ local: '2027-03-28T13:00' });
    expect(await reminders('d')).toEqual(['2027-03-27T11:10']);
    expect(await reminders('e')).toEqual(['2027-03-01T08:00', '2027-03-10T08:10']);
  });

  const good = ['UID:good', 'SUMMARY:good', 'DUE:20270310T080000Z'];
  it.each<[string, string[], string | null]>([
    ['no SUMMARY', ['UID:o', 'DESCRIPTION:what it is about'], 'title'],
    ['neither SUMMARY nor DESCRIPTION', ['UID:o'], 'title'],
    ['no UID', ['SUMMARY:odd'], null],
    ['CATEGORIES empty', ['UID:o', 'SUMMARY:odd', 'CATEGORIES:'], null],
    [
      'dates and STATUS empty',
      ['UID:o', 'SUMMARY:odd', 'DTSTART:', 'DUE:', 'STATUS:', 'COMPLETED:'],
      'DUE',
    ],
    ['DUE without VALUE=DATE', ['UID:o', 'SUMMARY:odd', 'DUE:20270310'], null],
    ['DUE with hyphens', ['UID:o', 'SUMMARY:odd', 'DUE:2027-03-10'], null],
    ['a day that does not exist', ['UID:o', 'SUMMARY:odd', 'DUE;VALUE=DATE:20270231'], 'DUE'],
    [
      'broken TRIGGER',
      [
        'UID:o',
        'SUMMARY:odd',
        'DUE:20270310T080000Z',
        'BEGIN:VALARM',
        'TRIGGER:-2115415M',
        'END:VALARM',
      ],
      'TRIGGER',
    ],
    [
      'empty TRIGGER',
      ['UID:o', 'SUMMARY:odd', 'DUE:20270310T080000Z', 'BEGIN:VALARM', 'TRIGGER:', 'END:VALARM'],
      'TRIGGER',
    ],
    [
      'FREQ=HOURLY',
      ['UID:o', 'SUMMARY:odd', 'DUE:20270310T080000Z', 'RRULE:FREQ=HOURLY'],
      'recurrence',
    ],
    [
      'UNTIL=2027',
      ['UID:o', 'SUMMARY:odd', 'DUE:20270310T080000Z', 'RRULE:FREQ=DAILY;UNTIL=2027'],
      'recurrence',
    ],
    ['RRULE empty', ['UID:o', 'SUMMARY:odd', 'DUE:20270310T080000Z', 'RRULE:'], null],
    ['RRULE without dates', ['UID:o', 'SUMMARY:odd', 'RRULE:FREQ=DAILY'], 'RRULE'],
    ['a line that is none', ['UID:o', 'SUMMARY:odd', 'nonsense'], 'nonsense'],
    ['PRIORITY of words', ['UID:o', 'SUMMARY:odd', 'PRIORITY:HIGH'], 'PRIORITY'],
    ['a status of its own', ['UID:o', 'SUMMARY:odd', 'STATUS:WAITING'], 'STATUS'],
    ['U+0000', ['UID:o', 'SUMMARY:odd\u0000'], 'title'],
    ['a year 0000', ['UID:o', 'SUMMARY:odd', 'DUE:00000101T000000Z'], 'DUE'],
    ['a year 9999', ['UID:o', 'SUMMARY:odd', 'DUE:99991231T235959Z'], null],
  ])('N08: %s costs no other entry', async (_name, odd, property) => {
    const who = await newPerson(backend(), BERLIN);
    const dry = await who.send(calendar(odd, good), ICS, '?dryRun=true');
    expect(dry.status, dry.body).toBe(200);
    expect(await who.tasks()).toEqual([]);
    const { status, body, report } = await who.send(calendar(odd, good), ICS);
    expect(status, body).toBe(200);
    expect(report).toMatchObject({ read: 2, created: 2 });
    expect((await who.task('good')).dueAt).toBe('2027-03-10T08:00:00.000Z');
    const [entry] = report.entries;
    if (property !== null) expect(entry?.notes.map((note) => note.property)).toContain(property);
    else expect(entry?.notes.filter((note) => note.property !== 'RRULE')).toEqual([]);
    const { taskId: _id, ...rest } = entry!;
    const { taskId: _none, becomes: _becomes, ...rehearsed } = dry.report.entries[0]!;
    expect(rehearsed).toEqual(rest);
  });

  it.each([
    [['STATUS:COMPLETED', 'COMPLETED:20270301T080000Z'], 'done', '2027-03-01T08:00:00.000Z'],
    [['STATUS:', 'COMPLETED:20270301T080000Z'], 'done', '2027-03-01T08:00:00.000Z'],
    [['PERCENT-COMPLETE:100'], 'done', undefined],
    [['STATUS:NEEDS-ACTION', 'PERCENT-COMPLETE:40'], 'open', null],
    [['STATUS:IN-PROCESS', 'COMPLETED:20270301T080000Z'], 'open', null],
    [['STATUS:CANCELLED'], 'done', undefined],
  ])('N08: %j is %s', async (lines, status, completedAt) => {
    const who = await newPerson(backend(), BERLIN);
    await who.send(calendar(['UID:s', 'SUMMARY:s', ...lines]), ICS);
    const task = await who.task('s');
    expect(task.status).toBe(status);
    if (completedAt !== undefined) expect(task.completedAt).toBe(completedAt);
  });

  it('R01: the rule gives the starts, each due is as far from its start as the first', async () => {
    const who = await newPerson(backend(), BERLIN);
    const { report } = await who.send(
      calendar(
        [
          'UID:1',
          'SUMMARY:weekly',
          `DTSTART;TZID=${BERLIN}:20270517T090000`,
          `DUE;TZID=${BERLIN}:20270519T090000`,
          'RRULE:FREQ=WEEKLY;BYDAY=MO',
        ],
        [
          'UID:2',
          'SUMMARY:monthly',
          `DTSTART;TZID=${BERLIN}:20270129T090000`,
          `DUE;TZID=${BERLIN}:20270131T170000`,
          'RRULE:FREQ=MONTHLY;COUNT=4',
        ],
        [
          'UID:3',
          'SUMMARY:days',
          'DTSTART;VALUE=DATE:20270517',
          'DUE;VALUE=DATE:20270519',
          'RRULE:FREQ=WEEKLY;BYDAY=MO',
        ],
        [
          'UID:4',
          'SUMMARY:overlapping',
          'DTSTART;VALUE=DATE:20270101',
          'DUE;VALUE=DATE:20270104',
          'RRULE:FREQ=DAILY',
        ],
        [
          'UID:5',
          'SUMMARY:utc',
          'DTSTART:20270517T070000Z',
          'DUE:20270518T070000Z',
          'RRULE:FREQ=WEEKLY;BYDAY=MO',
        ],
      ),
      ICS,
    );
    expect(report).toMatchObject({ created: 5, changed: 0 });
    expect(following(await who.task('weekly'), 3)).toEqual([
      '2027-05-26T09:00',
      '2027-06-02T09:00',
      '2027-06-09T09:00',
    ]);
    expect(following(await who.task('monthly'), 5)).toEqual([
      '2027-03-31T17:00',
      '2027-05-01T17:00',
      '2027-05-31T17:00',
    ]);
    expect(following(await who.task('days'), 3)).toEqual([
      '2027-05-26',
      '2027-06-02',
      '2027-06-09',
    ]);
    expect(following(await who.task('overlapping'), 2)).toEqual(['2027-01-05', '2027-01-06']);
    expect(following(await who.task('utc'), 2)).toEqual([
      '2027-05-25T07:00:00.000Z',
      '2027-06-01T07:00:00.000Z',
    ]);
  });

  it('R02: extra, moved and excluded occurrences are kept or reported', async () => {
    const who = await newPerson(backend(), BERLIN);
    const { report } = await who.send(
      calendar(
        [
          'UID:1',
          'SUMMARY:extra',
          'DUE:20270518T090000Z',
          'RRULE:FREQ=DAILY;COUNT=3',
          'RDATE:20270520T090000Z',
        ],
        // the changed occurrence stands before its series
        [
          'UID:2',
          'SUMMARY:moved',
          'RECURRENCE-ID;RANGE=THISANDFUTURE:20270525T090000Z',
          'DTSTART:20270526T110000Z',
        ],
        ['UID:2', 'SUMMARY:series', 'DUE:20270518T090000Z', 'RRULE:FREQ=WEEKLY'],
        [
          'UID:3',
          'SUMMARY:done ones',
          'DUE:20270518T090000Z',
          'RRULE:FREQ=WEEKLY;COUNT=5',
          'EXDATE:20270518T090000Z,20270608T090000Z',
        ],
        ['UID:3', 'SUMMARY:done ones', 'RECURRENCE-ID:20270525T090000Z', 'STATUS:COMPLETED'],
        ['UID:4', 'SUMMARY:alone', 'RECURRENCE-ID:20270525T090000Z', 'DUE:20270525T110000Z'],
      ),
      ICS,
    );
    expect(report).toMatchObject({ read: 6, created: 4, leftOut: 1 });
    const said = (entry: number): string =>
      report.entries
        .find((one) => one.entry === entry)!
        .notes.map((note) => `${note.property} ${note.why}`)
        .join('; ');
    expect(said(1)).toContain('20270520T090000Z');
    expect(report.entries.filter((one) => one.joined)).toHaveLength(1);
    expect((await who.task('series')).exceptions).toEqual([
      expect.objectContaining({ on: '2027-05-25T11:00', following: expect.any(Object) as object }),
    ]);
    // past the first two; the excluded date later on waits for its turn
    const series = await who.task('done ones');
    expect(series).toMatchObject({ occurrence: 3, dueAt: '2027-06-01T09:00:00.000Z' });
    expect(following(series, 5)).toEqual(['2027-06-08T09:00:00.000Z', '2027-06-15T09:00:00.000Z']);
    expect(series.exceptions).toEqual([{ on: '2027-06-08T11:00', change: null }]);
    expect((await who.task('alone')).dueAt).toBe('2027-05-25T11:00:00.000Z');
  });

  it('the same file again: every entry is recognised by its UID, and a new one is added', async () => {
    const who = await newPerson(backend(), BERLIN);
    const entries = [
      ['UID:p', 'SUMMARY:p'],
      ['UID:c', 'SUMMARY:c', 'RELATED-TO:p'],
    ];
    await who.send(calendar(...entries), ICS);
    const again = await who.send(calendar(...entries, ['UID:n', 'SUMMARY:n', 'RELATED-TO:c']), ICS);
    expect(again.report).toMatchObject({ read: 3, created: 1, duplicates: 2 });
    expect((await who.task('n')).parentId).toBe((await who.task('c')).id);
    expect(await who.tasks()).toHaveLength(3);
    // its own export is recognised too
    const own = await who.send(await who.export('ics'), ICS);
    expect(own.report).toMatchObject({ created: 0, duplicates: 3 });
    // one that was deleted comes back
    await who.ask('DELETE', `/tasks/${(await who.task('p')).id}`);
    expect((await who.send(calendar(...entries), ICS)).report).toMatchObject({ created: 2 });
    expect((await who.send(calendar(...entries), ICS, '?duplicates=add')).report).toMatchObject({
      created: 2,
    });
  });
});
