// What is exported (cases N10, N11, N12, N15, N55): iCalendar that others read, CSV that a spreadsheet does not run, JSON that
// brings everything back; what /export gives, /import takes.
import { setTimeout as sleep } from 'node:timers/promises';
import ICAL from 'ical.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPool } from '@todo/runtime/database';
import { createLogger } from '@todo/runtime/log';
import type { Task } from '@todo/contracts/task';
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';
import { inThreeZones, newPerson } from './files-under-test.ts';

const BERLIN = 'Europe/Berlin';
const TYPES: Readonly<Record<string, string>> = {
  json: 'application/json',
  csv: 'text/csv',
  ics: 'text/calendar',
};

/** A task without what is new in another account. */
function comparable(task: Task, all: readonly Task[]): object {
  const {
    id: _id,
    version: _version,
    listId: _list,
    parentId,
    seriesId,
    reminders,
    ...rest
  } = task;
  return {
    ...rest,
    parent: all.find((one) => one.id === parentId)?.title ?? null,
    isSeries: seriesId !== null,
    reminders: reminders.map(({ id: _own, ...reminder }) => reminder),
    // a calendar's times have seconds
    createdAt: task.createdAt.slice(0, 19),
    updatedAt: task.updatedAt.slice(0, 19),
    completedAt: task.completedAt?.slice(0, 19) ?? null,
  };
}

inThreeZones('exports', (backend) => {
  const local = (at: string, zone = BERLIN) => ({ kind: 'local', local: at, zone });
  const unfolded = (text: string): string => text.replaceAll('\r\n ', '');

  it.each([
    [
      local('2027-01-31T09:00'),
      'FREQ=MONTHLY',
      'RRULE:FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1',
    ],
    [
      local('2027-01-15T09:00', 'America/New_York'),
      'freq=weekly;byday=fr',
      'RRULE:FREQ=WEEKLY;BYDAY=FR',
    ],
    [
      local('2027-01-15T09:00', 'Asia/Kolkata'),
      'FREQ=DAILY;UNTIL=20270301',
      'RRULE:FREQ=DAILY;UNTIL=20270301T182959Z',
    ],
    [
      { kind: 'date', date: '2028-02-29' },
      'FREQ=YEARLY',
      'RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1',
    ],
    [local('2027-01-31T09:00'), 'RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=OMIT', 'RRULE:FREQ=MONTHLY'],
  ])('N10: %j %s is iCalendar that a client can count', async (due, rule, line) => {
    const who = await newPerson(backend(), BERLIN);
    await who.ask('POST', '/tasks', { title: 'x', due, recurrence: { rule } });
    const text = await who.export('ics');
    expect(unfolded(text)).toContain(`\r\n${line}\r\n`);
    const parsed = new ICAL.Component(ICAL.parse(text) as unknown[]);
    const todo = parsed.getFirstSubcomponent('vtodo')!;
    expect(todo.getFirstPropertyValue('dtstart')).not.toBeNull();
    const zone = todo.getFirstProperty('due')!.getFirstParameter('tzid') as string | undefined;
    const defined = parsed
      .getAllSubcomponents('vtimezone')
      .map((one) => one.getFirstPropertyValue('tzid'));
    expect(defined).toEqual(zone === undefined ? [] : [zone]);
  });

  it.each([
    ['Europe/Berlin', { '01': 60, '07': 120 }],
    ['America/New_York', { '01': -300, '07': -240 }],
    ['Australia/Sydney', { '01': 660, '07': 600 }],
    ['Asia/Kolkata', { '01': 330, '07': 330 }],
    ['America/Sao_Paulo', { '01': -180, '07': -180 }],
  ])('N10: the VTIMEZONE of %s has its offsets', async (zone, offsets) => {
    const who = await newPerson(backend(), 'UTC');
    await who.ask('POST', '/tasks', { title: 'x', due: local('2027-01-31T09:00', zone) });
    const parsed = new ICAL.Component(ICAL.parse(await who.export('ics')) as unknown[]);
    const definition = new ICAL.Timezone(parsed.getFirstSubcomponent('vtimezone')!);
    for (const [month, minutes] of Object.entries(offsets))
      for (const year of [2027, 2031, 2040])
        expect(
          definition.utcOffset(ICAL.Time.fromDateTimeString(`${year}-${month}-15T12:00:00`)) / 60,
          `${zone} ${year}-${month}`,
        ).toBe(minutes);
  });

  it('N11: months and years in reminders never become minutes, and break nothing', async () => {
    const who = await newPerson(backend(), BERLIN);
    const due = local('2027-03-31T09:00');
    await who.ask('POST', '/tasks', { title: 'month', due, reminders: [{ before: 'P1M' }] });
    await who.ask('POST', '/tasks', {
      title: 'year',
      due,
      reminders: [{ before: 'P1Y' }, { before: 'P1Y2M3DT4H' }],
    });
    await who.ask('POST', '/tasks', {
      title: 'repeats',
      due,
      recurrence: { rule: 'freq=weekly;byday=we' },
      reminders: [{ before: 'P1M' }],
    });
    await who.ask('POST', '/tasks', {
      title: 'day',
      due: { kind: 'date', date: '2027-03-31' },
      reminders: [{ before: 'P1D' }, { before: 'PT1H' }, { before: 'P1W' }],
    });
    await who.ask('POST', '/tasks', {
      title: 'everything',
      due,
      recurrence: {
        rule: 'RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=OMIT',
        from: 'completion',
        anchor: '2027-01-31T09:00',
      },
    });
    const text = unfolded(await who.export('ics'));
    expect(text).toMatch(/END:VCALENDAR\r\n$/);
    expect(text).not.toMatch(/TRIGGER[^\r]*:-P(\d+[MY]|T1M)/);
    expect(text).toMatch(/TRIGGER;VALUE=DATE-TIME[^\r]*:20270228T080000Z/);
    expect(text).toMatch(/TRIGGER;RELATED=END[^\r]*:-P31D/);
    const other = await newPerson(backend(), BERLIN);
    expect((await other.send(text, 'text/calendar')).report).toMatchObject({
      created: 5,
      changed: 0,
    });
    const before = await who.tasks();
    const after = await other.tasks();
    expect(after.map((task) => comparable(task, after))).toEqual(
      before.map((task) => comparable(task, before)),
    );
  });

  it('N11: lines are folded at 75 bytes, text is escaped, a bare CR ends no line', async () => {
    const who = await newPerson(backend(), BERLIN);
    await who.ask('POST', '/tasks', {
      title: `comma, semicolon; backslash\\ ${'😀é'.repeat(60)}`,
      notes: 'one\rtwo\nthree\r\nfour\tfive\u0007',
      tags: ['a, b', 'c;d'],
    });
    const text = await who.export('ics');
    for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(text).not.toContain('\u0007');
    const other = await newPerson(backend(), BERLIN);
    await other.send(text, 'text/calendar');
    const [task] = await other.tasks();
    expect(task).toMatchObject({
      title: `comma, semicolon; backslash\\ ${'😀é'.repeat(60)}`,
      notes: 'one\ntwo\nthree\nfour\tfive',
      tags: ['a, b', 'c;d'],
    });
  });

  it('UIDs are stable: what came from another program keeps its own', async () => {
    const who = await newPerson(backend(), BERLIN);
    await who.send(
      'BEGIN:VCALENDAR\nBEGIN:VTODO\nUID:theirs@example\nSUMMARY:a\nEND:VTODO\nBEGIN:VTODO\nUID:child@example\nSUMMARY:b\nRELATED-TO:theirs@example\nEND:VTODO\nEND:VCALENDAR',
      'text/calendar',
    );
    const text = await who.export('ics');
    expect(text).toContain('UID:theirs@example\r\n');
    expect(text).toContain('RELATED-TO;RELTYPE=PARENT:theirs@example\r\n');
  });

  it.each([
    { title: "'=1+1", tags: ['two words', 'home'] },
    { title: '=1+1', notes: '-2\n=3', tags: ['a,b', 'c;d', 'say "hi"'] },
    { title: '+49 30 1234', notes: 'line1\n=1+2', tags: ['@home'] },
    { title: '  spaces around  ', notes: "''@x", tags: ['=x'] },
    { title: '\ttab', notes: 'bare\rCR', tags: ['x  y'] },
    { title: '"quoted", with; signs|', notes: '\r\n', tags: ['"'] },
    { title: "'", notes: "'quoted'", tags: ["'=1"] },
  ])('N12: CSV there and back: %j', async (fields) => {
    const who = await newPerson(backend(), BERLIN);
    await who.ask('POST', '/tasks', fields);
    const file = await who.export('csv');
    // no cell begins like a formula, and no line break is outside of quotation marks
    for (const cell of file.split('\r\n')[1]!.matchAll(/(?:^|,)("?)([^",]*)/g))
      expect(cell[2]).not.toMatch(/^[=+@\t\r]/);
    expect(file.replaceAll(/"(?:[^"]|"")*"/g, '').split(/[\r\n]+/)).toHaveLength(3);
    const other = await newPerson(backend(), BERLIN);
    const { body, report } = await other.send(file, 'text/csv');
    expect(report, body).toMatchObject({ created: 1 });
    const [before] = await who.tasks();
    const [after] = await other.tasks();
    expect({ ...after, title: after!.title.trim() }).toMatchObject({
      title: before!.title.trim(),
      notes: before!.notes,
      tags: before!.tags,
    });
  });

  it('N15: a backup brings lists, their order and the order within them back', async () => {
    const who = await newPerson(backend(), BERLIN);
    const list = await who.ask('POST', '/lists', { name: 'Garden' });
    const twin = await who.ask('POST', '/lists', { name: 'Garden' });
    await who.ask('POST', '/lists', { name: 'Empty' });
    const first = await who.ask('POST', '/tasks', { title: 'sow', listId: list.id });
    const second = await who.ask('POST', '/tasks', { title: 'water', listId: list.id });
    await who.ask('POST', '/tasks', { title: 'in the twin', listId: twin.id });
    await who.ask('POST', '/tasks', { title: 'below', parentId: first.id, listId: list.id });
    await who.ask('POST', `/tasks/${first.id}/move`, { after: second.id });
    const other = await newPerson(backend(), BERLIN);
    const { report } = await other.send(await who.export('json'), 'application/json');
    expect(report).toMatchObject({
      created: 4,
      changed: 0,
      newLists: ['Garden', 'Garden', 'Empty'],
    });
    const lists = await other.lists();
    expect(lists.map(({ name }) => name)).toEqual(['Garden', 'Garden', 'Empty']);
    const inOrder = async (of: typeof who, id: string) =>
      (
        (await of.ask('GET', `/tasks?listId=${id}&sort=manual`)) as unknown as { items: Task[] }
      ).items.map((task) => task.title);
    expect(await inOrder(other, lists[0]!.id)).toEqual(await inOrder(who, list.id));
    expect(await inOrder(other, lists[1]!.id)).toEqual(['in the twin']);
    for (const format of ['csv', 'ics']) {
      const third = await newPerson(backend(), BERLIN);
      const made = await third.send(await who.export(format), TYPES[format]!);
      expect(made.report, format).toMatchObject({ created: 4, newLists: ['Garden'] });
      expect(await third.lists()).toMatchObject([{ name: 'Garden' }]);
    }
  });
});

describe('large files', { timeout: 300_000 }, () => {
  let t: TestBackend;
  beforeAll(async () => {
    t = await startTestBackend();
  });
  afterAll(() => t.close());

  it('N55: what /export gives, /import takes: 5,000 tasks with notes, in each format', async () => {
    const who = await newPerson(t, BERLIN);
    const tasks = Array.from({ length: 5_000 }, (_, n) => ({
      id: `n${n}`,
      title: `Task ${n}`,
      notes: 'x'.repeat(400),
      parentId: n % 7 === 3 ? `n${n - 1}` : null,
    }));
    expect((await who.send(JSON.stringify({ tasks }), 'application/json')).report).toMatchObject({
      created: 5_000,
    });
    for (const format of ['json', 'csv', 'ics']) {
      const file = await who.export(format);
      expect(file.length).toBeGreaterThan(2 * 1024 * 1024);
      const other = await newPerson(t, BERLIN);
      const { body, report } = await other.send(file, TYPES[format]!);
      expect(report, body.slice(0, 500)).toMatchObject({
        created: 5_000,
        changed: 0,
        entriesOmitted: 4_000,
      });
    }
  });

  it('an export that fails in the middle is no whole file to any client', async () => {
    const who = await newPerson(t, BERLIN);
    const tasks = Array.from({ length: 1_200 }, (_, n) => ({ title: `Task ${n}` }));
    await who.send(JSON.stringify({ tasks }), 'application/json');
    let pages = 0;
    const log = createLogger({ service: 'test', level: 'silent' });
    const pool = createPool({ url: t.url, application: 'failing', log });
    const query = pool.query.bind(pool) as (...given: unknown[]) => unknown;
    pool.query = ((...given: unknown[]) => {
      if (/AS parent_uid/.test(String(given[0])) && (pages += 1) > 1)
        return sleep(300).then(() => Promise.reject(new Error('the database went away')));
      return query(...given);
    }) as typeof pool.query;
    const second = await t.another({ pool });
    const base = await second.app.listen({ host: '127.0.0.1', port: 0 });
    for (const format of ['json', 'csv', 'ics', 'txt']) {
      pages = 0;
      const answer = await fetch(`${base}/api/v1/export?format=${format}`, {
        headers: { authorization: `Bearer ${await t.token(who.id, { zone: BERLIN })}` },
      });
      expect(answer.status).toBe(200);
      await expect(answer.text(), format).rejects.toThrow();
    }
    await second.close();
    await pool.end();
  });

  it('the same request again with its Idempotency-Key gives the same report, another file under it is refused', async () => {
    const who = await newPerson(t, BERLIN);
    const key = { 'idempotency-key': 'once' };
    const file = 'title\nfirst\nsecond\n';
    const made = await who.send(file, 'text/csv', '', key);
    expect((await who.send(file, 'text/csv', '', key)).report).toEqual(made.report);
    expect(await who.tasks()).toHaveLength(2);
    expect((await who.send('title\nthird\n', 'text/csv', '', key)).status).toBe(422);
    // without the key the entries are recognised by their content
    expect((await who.send(file, 'text/csv')).report).toMatchObject({ created: 0, duplicates: 2 });
  });

  it('events, changes and reminders come with the tasks', async () => {
    const who = await newPerson(t, BERLIN);
    await who.send('title,due,reminders\na,2037-03-10,PT1H\nb,,\n', 'text/csv');
    const [task] = await who.tasks();
    // behind the events of the large files above
    await expect
      .poll(
        () =>
          t.published
            .filter(({ event }) => event.subject === task!.id)
            .map(({ event }) => event.type),
        { timeout: 25_000 },
      )
      .toEqual(['todo.task.created.v1']);
    const { rows } = await t.pool.query('SELECT 1 FROM todo.changes WHERE user_id = $1', [who.id]);
    expect(rows).toHaveLength(2);
    const reminders = await t.pool.query<{ pending_at: Date }>(
      'SELECT pending_at FROM todo.reminders WHERE task_id = $1',
      [task!.id],
    );
    expect(reminders.rows.map((row) => row.pending_at.toISOString())).toEqual([
      '2037-03-10T07:00:00.000Z',
    ]);
  });
});
