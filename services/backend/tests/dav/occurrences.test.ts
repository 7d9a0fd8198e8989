// One occurrence of a series between programs and the other doors: changed alone, left out, changed with all that follow. What a
// program says of occurrences to come holds when their turn comes, and its own properties stay byte for byte.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { occurrencesOf } from '../other-engine.ts';
import { calendar, startDav } from './dav-under-test.ts';
import type { DavUnderTest } from './dav-under-test.ts';
import { programUnderTest } from './program-under-test.ts';

let d: DavUnderTest;
beforeAll(async () => {
  d = await startDav();
});
afterAll(() => d.close());

const { put, get, names, published, recurringService, tasks, openAndDone, completeOpen } =
  programUnderTest(() => d);

const weekly = (start: string, ...more: readonly string[]) =>
  calendar(
    'UID:series',
    'SUMMARY:Water plants',
    'DESCRIPTION:the green can',
    'PRIORITY:5',
    `DTSTART;VALUE=DATE:${start}`,
    `DUE;VALUE=DATE:${start}`,
    'RRULE:FREQ=WEEKLY;BYDAY=MO',
    'X-KEPT;X-P=1:as it is',
    ...more,
  );
const occurrence = (day: string, ...lines: readonly string[]) => [
  'END:VTODO',
  'BEGIN:VTODO',
  'UID:series',
  `RECURRENCE-ID;VALUE=DATE:${day}`,
  'X-MINE;X-P="a:b":only here',
  ...lines,
];
const moved = (day: string, to: string, title = 'Water and feed') =>
  occurrence(day, `SUMMARY:${title}`, `DTSTART;VALUE=DATE:${to}`, `DUE;VALUE=DATE:${to}`);
const only = async (user: string) => {
  const open = (await tasks(user)).filter((task) => task.status === 'open');
  expect(open).toHaveLength(1);
  return open[0]!;
};
const date = (day: string) => ({ kind: 'date', date: day });

/** What another engine reads: the starts and titles of the first occurrences. */
const read = (text: string, n: number): string[] =>
  occurrencesOf(text, n).map(({ start, title }) => `${start.toString()} ${title}`);

describe('written to programs', () => {
  it('“only this one” of the page is a RECURRENCE-ID beside the series; “skip” moves the series on', async () => {
    const task = await d.t.add('ann', {
      title: 'Bins',
      notes: 'green',
      due: date('2037-03-02'),
      recurrence: { rule: 'FREQ=WEEKLY' },
      reminders: [{ before: 'P1D' }],
    });
    const own = { title: 'Bins and glass', due: date('2037-03-04'), notes: '', reminders: [] };
    await d.t.ask('ann', 'PATCH', `/tasks/${task.id}`, { ...own, scope: 'this' });
    const text = await get('ann', `${task.id}.ics`);
    expect(read(text, 2)).toEqual(['2037-03-04 Bins and glass', '2037-03-09 Bins']);
    expect(text.match(/^UID:/gm)).toHaveLength(2);
    expect(text).toContain('RECURRENCE-ID;VALUE=DATE:20370302');
    // given back as it is, it changes nothing
    const before = await only('ann');
    const etag = await put(
      'ann',
      `${task.id}.ics`,
      text.replace('END:VCALENDAR', 'X-A:1\r\nEND:VCALENDAR'),
    );
    expect(etag).toBeDefined();
    expect(await only('ann')).toEqual({
      ...before,
      version: expect.any(Number) as number,
      updatedAt: expect.any(String) as string,
    });
    await d.t.ask('ann', 'POST', `/tasks/${task.id}/skip`);
    expect(read(await get('ann', `${task.id}.ics`), 2)).toEqual([
      '2037-03-09 Bins',
      '2037-03-16 Bins',
    ]);
  });

  it('what a program wrote stays byte for byte around it', async () => {
    const text = weekly('20370302', ...moved('20370316', '20370318'));
    await put('bob', 's.ics', text);
    const { id } = await only('bob');
    await d.t.ask('bob', 'PATCH', `/tasks/${id}`, { title: 'Only now', scope: 'this' });
    const written = await get('bob', 's.ics');
    for (const line of text.split('\r\n').filter((one) => !/^(DTSTAMP|LAST-MODIFIED)/.test(one)))
      expect(written.split('\r\n')).toContain(line);
    expect(read(written, 3)).toEqual([
      '2037-03-02 Only now',
      '2037-03-09 Water plants',
      '2037-03-18 Water and feed',
    ]);
    // taken back, the program's text is as it was
    await d.t.ask('bob', 'PATCH', `/tasks/${id}`, { title: 'Water plants', scope: 'this' });
    expect((await get('bob', 's.ics')).replace(/^(DTSTAMP|LAST-MODIFIED).*\r\n/gm, '')).toBe(text);
  });
});

describe('read from programs', () => {
  it('a change of the present occurrence is its own; the next is as the series', async () => {
    const etag = await put('cat', 's.ics', weekly('20370302'));
    await put('cat', 's.ics', weekly('20370302', ...moved('20370302', '20370304')), etag);
    expect(await only('cat')).toMatchObject({
      title: 'Water and feed',
      notes: 'the green can',
      priority: 'medium',
      due: date('2037-03-04'),
      usual: { title: 'Water plants', due: date('2037-03-02') },
    });
    const next = await completeOpen('cat');
    expect(next).toMatchObject({ title: 'Water plants', due: date('2037-03-09') });
    expect(next).not.toHaveProperty('usual');
  });

  it('and taken back where the program takes it back', async () => {
    const etag = await put('dee', 's.ics', weekly('20370302', ...moved('20370302', '20370304')));
    await put('dee', 's.ics', weekly('20370302'), etag);
    const task = await only('dee');
    expect(task).toMatchObject({ title: 'Water plants', due: date('2037-03-02') });
    expect(task).not.toHaveProperty('usual');
  });

  it('both at once: the series gets another title, the present occurrence another day', async () => {
    const etag = await put('eli', 's.ics', weekly('20370302'));
    const text = weekly(
      '20370302',
      ...occurrence('20370302', 'SUMMARY:One', 'DUE;VALUE=DATE:20370305'),
    );
    await put('eli', 's.ics', text.replace('SUMMARY:Water plants', 'SUMMARY:All'), etag);
    expect(await only('eli')).toMatchObject({
      title: 'One',
      due: date('2037-03-05'),
      usual: { title: 'All', due: date('2037-03-02') },
    });
    expect(await completeOpen('eli')).toMatchObject({ title: 'All', due: date('2037-03-09') });
  });

  it.each([
    ['added at once', true],
    ['added later', false],
  ])('a change of an occurrence to come holds when its turn comes, %s', async (how, atOnce) => {
    const user = atOnce ? 'fay' : 'gil';
    const text = weekly('20370302', ...moved('20370309', '20370311'));
    if (atOnce) await put(user, 's.ics', text);
    else await put(user, 's.ics', text, await put(user, 's.ics', weekly('20370302')));
    expect(await only(user), how).toMatchObject({ title: 'Water plants', due: date('2037-03-02') });
    expect(await completeOpen(user)).toMatchObject({
      title: 'Water and feed',
      due: date('2037-03-11'),
      usual: { title: 'Water plants', due: date('2037-03-09') },
    });
    const last = await completeOpen(user);
    expect(last).toMatchObject({ title: 'Water plants', due: date('2037-03-16') });
    expect(last).not.toHaveProperty('exceptions');
  });

  it('an occurrence to come that is left out is passed over, also by a skip; a program is told so', async () => {
    const text = weekly(
      '20370302',
      'EXDATE;VALUE=DATE:20370309,20370316',
      'EXDATE;VALUE=DATE:20370330',
    );
    await put('hao', 's.ics', text);
    expect(await get('hao', 's.ics')).toBe(text);
    const next = await completeOpen('hao');
    expect(next).toMatchObject({ due: date('2037-03-23') });
    const [name = ''] = (await names('hao')).filter((one) => one.includes(next!.id));
    const written = (await d.dav('hao', 'GET', name)).text;
    expect(read(written, 2)).toEqual(['2037-03-23 Water plants', '2037-04-06 Water plants']);
    expect(written).toContain('X-KEPT;X-P=1:as it is');
    const skipped = await d.t.ask('hao', 'POST', `/tasks/${next!.id}/skip`);
    expect(skipped.body.due).toEqual(date('2037-04-06'));
  });

  it('an occurrence to come that was finished ahead is not due again', async () => {
    const ahead = occurrence('20370309', 'SUMMARY:Water plants', 'STATUS:COMPLETED');
    await put('ina', 's.ics', weekly('20370302', ...ahead));
    expect(await completeOpen('ina')).toMatchObject({ due: date('2037-03-16') });
  });

  it('COUNT ends the series on the same day, with the excluded ones counted', async () => {
    const text = weekly('20370302', 'EXDATE;VALUE=DATE:20370309').replace(
      'BYDAY=MO',
      'BYDAY=MO;COUNT=3',
    );
    await put('jon', 's.ics', text);
    expect(await completeOpen('jon')).toMatchObject({ due: date('2037-03-16') });
    expect(await completeOpen('jon')).toBeUndefined();
    await put('joy', 's.ics', text.replace('0309', '0309,20370316'));
    expect(await completeOpen('joy')).toBeUndefined();
  });

  it.each([
    ['kai', 'Asia/Tokyo', '20370302T000000Z', '20370309T000000Z', '2037-03-11T01:00:00.000Z'],
    ['kim', 'Europe/Berlin', '20370302T080000Z', '20370309T080000Z', '2037-03-11T01:00:00.000Z'],
  ])(
    'names in UTC and in a zone are the same occurrence (%s, %s)',
    async (user, zone, first, id, at) => {
      const local = first.replace('T000000Z', 'T090000').replace('T080000Z', 'T090000');
      const text = calendar(
        'UID:z',
        'SUMMARY:z',
        `DTSTART;TZID=${zone}:${local}`,
        'RRULE:FREQ=WEEKLY',
        'END:VTODO',
        'BEGIN:VTODO',
        'UID:z',
        `RECURRENCE-ID:${id}`,
        'SUMMARY:once',
        'DUE:20370311T010000Z',
      );
      await put(user, 'z.ics', text);
      expect(await completeOpen(user)).toMatchObject({ title: 'once', dueAt: at });
    },
  );

  it('one of no occurrence changes nothing, and stays in the text', async () => {
    const text = weekly(
      '20370302',
      ...moved('20370310', '20370311'),
      ...moved('20370101', '20370102'),
    );
    await put('leo', 's.ics', text);
    const task = await only('leo');
    expect(task).toMatchObject({ title: 'Water plants', due: date('2037-03-02') });
    expect(task).not.toHaveProperty('exceptions');
    expect(await get('leo', 's.ics')).toBe(text);
  });
});

describe('this and all following', () => {
  const following = (day: string, ...lines: string[]) =>
    occurrence(day, ...lines).map((line) =>
      line.replace('RECURRENCE-ID;', 'RECURRENCE-ID;RANGE=THISANDFUTURE;'),
    );

  it.each([
    ['later', '20370311', ['2037-03-11', '2037-03-18']],
    ['earlier', '20370308', ['2037-03-08', '2037-03-15']],
  ])('RANGE=THISANDFUTURE moves the series from there on, %s', async (how, to, dues) => {
    const user = `range-${how}`;
    await put(
      user,
      's.ics',
      weekly('20370302', ...following('20370309', 'SUMMARY:From now', `DUE;VALUE=DATE:${to}`)),
    );
    expect(await only(user)).toMatchObject({ title: 'Water plants', due: date('2037-03-02') });
    const seen = [await completeOpen(user), await completeOpen(user)];
    expect(seen.map((task) => task?.due)).toEqual(dues.map(date));
    expect(seen.map((task) => task?.title)).toEqual(['From now', 'From now']);
    expect(seen[1]).not.toHaveProperty('usual');
  });

  it('of the present occurrence it is the series at once', async () => {
    await put('mia', 's.ics', weekly('20370302', ...following('20370302', 'SUMMARY:From now')));
    expect(await only('mia')).toMatchObject({ title: 'From now', due: date('2037-03-02') });
    expect(await completeOpen('mia')).toMatchObject({ title: 'From now', due: date('2037-03-09') });
  });

  it('a split series, as most programs write it, ends there and begins under a UID of its own', async () => {
    const etag = await put('ned', 's.ics', weekly('20370302'));
    const ended = weekly('20370302').replace('BYDAY=MO', 'BYDAY=MO;UNTIL=20370308');
    await put('ned', 's.ics', ended, etag);
    const second = weekly('20370310')
      .replace('UID:series', 'UID:second')
      .replace('BYDAY=MO', 'BYDAY=TU');
    await put('ned', 't.ics', second);
    expect(await openAndDone('ned')).toEqual({ open: ['2037-03-02', '2037-03-10'], done: [] });
    const first = (await tasks('ned'))[0]!;
    await d.t.ask('ned', 'POST', `/tasks/${first.id}/complete`);
    await published('ned', 1);
    await recurringService('ned');
    expect(await openAndDone('ned')).toEqual({ open: ['2037-03-10'], done: ['2037-03-02'] });
  });
});

describe('finished by a program', () => {
  it('a changed occurrence has one successor, as its series, and keeps its own title', async () => {
    const own = moved('20370302', '20370304');
    const etag = await put('oda', 's.ics', weekly('20370302', ...own));
    await put(
      'oda',
      's.ics',
      weekly('20370302', ...own, 'STATUS:COMPLETED', 'COMPLETED:20370304T100000Z'),
      etag,
    );
    await published('oda', 1);
    await recurringService('oda');
    const all = await tasks('oda');
    expect(all.map(({ title, status, due }) => [title, status, due])).toEqual([
      ['Water and feed', 'done', date('2037-03-04')],
      ['Water plants', 'open', date('2037-03-09')],
    ]);
    expect(await names('oda')).toHaveLength(1);
  });

  it('the successor has what the same text says of it', async () => {
    const done = occurrence('20370302', 'SUMMARY:Water plants', 'STATUS:COMPLETED');
    const etag = await put('pia', 's.ics', weekly('20370302'));
    const text = weekly(
      '20370302',
      ...done,
      ...moved('20370309', '20370311'),
      ...moved('20370316', '20370317', 'x'),
    );
    await put('pia', 's.ics', text, etag);
    await published('pia', 1);
    await recurringService('pia');
    expect(await only('pia')).toMatchObject({ title: 'Water and feed', due: date('2037-03-11') });
    expect(await get('pia', 's.ics')).toBe(text);
    expect(await completeOpen('pia')).toMatchObject({ title: 'x', due: date('2037-03-17') });
    expect(await openAndDone('pia')).toEqual({
      open: ['2037-03-17'],
      done: ['2037-03-02', '2037-03-11'],
    });
  });

  it('by moving the entry on past an occurrence that is left out', async () => {
    const etag = await put('qiu', 's.ics', weekly('20370302', 'EXDATE;VALUE=DATE:20370309'));
    await put('qiu', 's.ics', weekly('20370316', 'EXDATE;VALUE=DATE:20370309'), etag);
    await published('qiu', 1);
    await recurringService('qiu');
    expect(await openAndDone('qiu')).toEqual({ open: ['2037-03-16'], done: ['2037-03-02'] });
  });

  it('by a new entry for the next one (todoman), while the page did the same', async () => {
    const series = weekly('20370302').replaceAll(
      'VALUE=DATE:20370302',
      'TZID=Europe/Berlin:20370302T090000',
    );
    await put('rex', 's.ics', series);
    expect(await completeOpen('rex')).toMatchObject({ title: 'Water plants' });
    // todoman writes its own times in UTC
    const next = series.replaceAll(';TZID=Europe/Berlin:20370302T090000', ':20370309T080000Z');
    await put('rex', 't.ics', next.replace('UID:series', 'UID:by-todoman'));
    expect(await only('rex')).toMatchObject({
      occurrence: 2,
      due: { kind: 'local', local: '2037-03-09T09:00', zone: 'Europe/Berlin' },
    });
    expect(await get('rex', 't.ics')).toContain('UID:by-todoman');
    expect((await openAndDone('rex')).done).toHaveLength(1);
    expect(await names('rex')).toHaveLength(2);
  });

  it('that writes its times in UTC: the series stays on its own clock', async () => {
    const series = weekly('20370302').replaceAll(
      'VALUE=DATE:20370302',
      'TZID=Europe/Berlin:20370302T090000',
    );
    const etag = await put('sue', 's.ics', series);
    const utc = series.replaceAll(';TZID=Europe/Berlin:20370302T090000', ':20370302T080000Z');
    const next = await put(
      'sue',
      's.ics',
      utc.replace('SUMMARY:Water', 'SUMMARY:Please water'),
      etag,
    );
    const due = { kind: 'local', local: '2037-03-02T09:00', zone: 'Europe/Berlin' };
    expect(await only('sue')).toMatchObject({ title: 'Please water plants', due });
    await put('sue', 's.ics', utc.replaceAll('0302T', '0309T'), next);
    expect(await only('sue')).toMatchObject({ due: { ...due, local: '2037-03-09T09:00' } });
  });
});
