// Items: what a program writes is a task, and comes back byte for byte until somebody changes it; then only what was changed is
// another. Deletions, versions, parents and lists as programs write them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { calendar, hrefsOf, propertyOf, startDav, xml } from './dav-under-test.ts';
import type { DavUnderTest } from './dav-under-test.ts';

let d: DavUnderTest;
beforeAll(async () => {
  d = await startDav();
});
afterAll(() => d.close());

const tasksOf = async (user: string) => (await d.t.ask(user, 'GET', '/tasks?limit=200')).body.items;
const taskOf = async (user: string, title: string) => {
  const found = (await tasksOf(user)).filter((task) => task.title === title);
  expect(found).toHaveLength(1);
  return found[0] as (typeof found)[number];
};
const put = (user: string, name: string, text: string, headers: Record<string, string> = {}) =>
  d.dav(user, 'PUT', `/dav/calendars/${user}/inbox/${name}`, text, headers);
const get = (user: string, name: string) =>
  d.dav(user, 'GET', `/dav/calendars/${user}/inbox/${name}`);

/** As Tasks.org (DAVx5) writes one. */
const FROM_TASKS_ORG = calendar(
  'DTSTAMP:20300110T101500Z',
  'UID:4321-tasks-org',
  'CREATED:20240110T101400Z',
  'LAST-MODIFIED:20240110T101500Z',
  'SUMMARY:Buy milk\\, eggs',
  'DESCRIPTION:two\\nlines',
  'LOCATION:Corner shop',
  'PRIORITY:3',
  'STATUS:IN-PROCESS',
  'PERCENT-COMPLETE:40',
  'CATEGORIES:home,shop',
  'DTSTART;VALUE=DATE:20300110',
  'DUE;TZID=Europe/Berlin:20300112T180000',
  'X-APPLE-SORT-ORDER:607000',
  'X-UNKNOWN;X-P="a;b":a very long value that a program wrote and that is folded somewhere in th',
  ' e middle of a word',
  'GEO:48.85;2.29',
  'BEGIN:VALARM',
  'TRIGGER;RELATED=END:-PT15M',
  'ACTION:DISPLAY',
  'DESCRIPTION:Default',
  'X-WR-ALARMUID:1',
  'END:VALARM',
);

describe('an item', () => {
  it('is a task in every other door, and comes back byte for byte', async () => {
    const made = await put('anna', '4321.ics', FROM_TASKS_ORG, { 'if-none-match': '*' });
    expect(made.status).toBe(201);
    const task = await taskOf('anna', 'Buy milk, eggs');
    expect(task).toMatchObject({
      notes: 'two\nlines',
      priority: 'high',
      status: 'open',
      tags: ['home', 'shop'],
      due: { kind: 'local', local: '2030-01-12T18:00', zone: 'Europe/Berlin' },
      reminders: [{ before: 'PT15M' }],
    });
    const given = await get('anna', '4321.ics');
    expect(given.text).toBe(FROM_TASKS_ORG);
    expect(given.headers['etag']).toBe(made.headers['etag']);
    await expect
      .poll(() => d.t.published.some(({ event }) => JSON.stringify(event).includes(task.id)), {
        timeout: 30_000,
      })
      .toBe(true);
  });

  it('changed in the page keeps every line that the change does not concern', async () => {
    const task = await taskOf('anna', 'Buy milk, eggs');
    const before = (await get('anna', '4321.ics')).headers['etag'];
    await d.t.ask('anna', 'PATCH', `/tasks/${task.id}`, { title: 'Buy oat milk' });
    const given = await get('anna', '4321.ics');
    expect(given.headers['etag']).not.toBe(before);
    const changed = /^(SUMMARY|LAST-MODIFIED|DTSTAMP|UID)/;
    const kept = FROM_TASKS_ORG.split('\r\n').filter((line) => !changed.test(line));
    const lines = given.text.split('\r\n');
    expect(lines.filter((line) => !changed.test(line))).toEqual(kept);
    expect(lines).toContain('SUMMARY:Buy oat milk');
    expect(lines).toContain('UID:4321-tasks-org');
    expect(lines.filter((line) => line.startsWith('UID'))).toHaveLength(1);
  });

  it('sent back as it was given changes nothing', async () => {
    const task = await taskOf('anna', 'Buy oat milk');
    const given = await get('anna', '4321.ics');
    expect((await put('anna', '4321.ics', given.text)).status).toBe(204);
    expect((await taskOf('anna', 'Buy oat milk')).version).toBe(task.version);
  });

  it('with a property that no task has is another version, and the task is the same', async () => {
    const given = await get('anna', '4321.ics');
    const text = given.text.replace('X-APPLE-SORT-ORDER:607000', 'X-APPLE-SORT-ORDER:1');
    const written = await put('anna', '4321.ics', text, {
      'if-match': String(given.headers['etag']),
    });
    expect(written.status).toBe(204);
    expect(written.headers['etag']).not.toBe(given.headers['etag']);
    expect((await get('anna', '4321.ics')).text).toBe(text);
    expect(await taskOf('anna', 'Buy oat milk')).toMatchObject({
      priority: 'high',
      reminders: [{ before: 'PT15M' }],
    });
  });

  it('is refused with an old version, for a new one that is there, and for a change of what is gone', async () => {
    const old = await put('anna', '4321.ics', FROM_TASKS_ORG, { 'if-match': '"old-1"' });
    expect(old.status).toBe(412);
    const there = await put('anna', '4321.ics', FROM_TASKS_ORG, { 'if-none-match': '*' });
    expect(there.status).toBe(412);
    expect((await put('anna', 'none.ics', FROM_TASKS_ORG, { 'if-match': '*' })).status).toBe(412);
    expect(await taskOf('anna', 'Buy oat milk')).toBeDefined();
  });

  it('finished by a program is completed at its time, and opened again', async () => {
    const text = calendar('UID:done-1', 'SUMMARY:Ring', 'DTSTAMP:20260101T000000Z');
    await put('anna', 'done-1.ics', text);
    const finished = text.replace(
      'END:VTODO',
      'STATUS:COMPLETED\r\nCOMPLETED:20260102T030405Z\r\nPERCENT-COMPLETE:100\r\nEND:VTODO',
    );
    await put('anna', 'done-1.ics', finished);
    expect(await taskOf('anna', 'Ring')).toMatchObject({
      status: 'done',
      completedAt: '2026-01-02T03:04:05.000Z',
    });
    await put('anna', 'done-1.ics', text);
    expect(await taskOf('anna', 'Ring')).toMatchObject({ status: 'open', completedAt: null });
  });

  it('of the page is given by its id, and may be written', async () => {
    const task = await d.t.add('anna', {
      title: 'From the page',
      due: { kind: 'local', local: '2030-05-10T09:00', zone: 'Europe/Berlin' },
      recurrence: { rule: 'FREQ=MONTHLY;BYMONTHDAY=31' },
      reminders: [{ before: 'P1M' }, { at: '2030-05-01T10:00:00Z' }],
      tags: ['a,b'],
    });
    const given = await get('anna', `${task.id}.ics`);
    expect(given.text).toContain('BEGIN:VTIMEZONE');
    const text = given.text.replace('SUMMARY:From the page', 'SUMMARY:From the phone');
    expect((await put('anna', `${task.id}.ics`, text)).status).toBe(204);
    const after = await taskOf('anna', 'From the phone');
    expect(after).toMatchObject({ due: task.due, recurrence: task.recurrence, tags: task.tags });
    expect(after.reminders).toEqual(task.reminders);
  });

  it('keeps subtasks below their parent, also where they come first', async () => {
    const child = calendar('UID:child', 'SUMMARY:Child', 'RELATED-TO:the-parent');
    await put('anna', 'child.ics', child);
    expect((await taskOf('anna', 'Child')).parentId).toBeNull();
    expect((await get('anna', 'child.ics')).text).toBe(child);
    await put('anna', 'parent.ics', calendar('UID:the-parent', 'SUMMARY:Parent'));
    const parent = await taskOf('anna', 'Parent');
    expect((await taskOf('anna', 'Child')).parentId).toBe(parent.id);
    expect((await get('anna', 'child.ics')).text).toContain('RELATED-TO;RELTYPE=PARENT:the-parent');
    expect((await d.dav('anna', 'DELETE', '/dav/calendars/anna/inbox/parent.ics')).status).toBe(
      204,
    );
    expect((await taskOf('anna', 'Child')).parentId).toBeNull();
    expect((await get('anna', 'parent.ics')).status).toBe(404);
  });

  it('may not share its UID within a collection, and moves where another collection gets it', async () => {
    const text = calendar('UID:mover', 'SUMMARY:Mover');
    await put('anna', 'mover.ics', text);
    const twice = await put('anna', 'twice.ics', text);
    expect(twice.status).toBe(403);
    expect(twice.text).toContain('no-uid-conflict');
    expect(twice.text).toContain('/dav/calendars/anna/inbox/mover.ics');
    expect((await d.dav('anna', 'MKCALENDAR', '/dav/calendars/anna/other/')).status).toBe(201);
    const moved = await d.dav('anna', 'PUT', '/dav/calendars/anna/other/mover.ics', text, {
      'if-none-match': '*',
    });
    expect(moved.status).toBe(201);
    expect((await d.dav('anna', 'DELETE', '/dav/calendars/anna/inbox/mover.ics')).status).toBe(404);
    expect((await d.dav('anna', 'GET', '/dav/calendars/anna/other/mover.ics')).text).toBe(text);
    expect((await taskOf('anna', 'Mover')).listId).not.toBeNull();
  });

  it.each([
    ['an event', calendar('UID:e').replaceAll('VTODO', 'VEVENT'), 'supported-calendar-component'],
    ['no calendar', 'hello', 'valid-calendar-data'],
    ['half a calendar', calendar('UID:h').slice(0, 70), 'valid-calendar-data'],
    ['no UID', calendar('SUMMARY:x'), 'valid-calendar-object-resource'],
    [
      'no task',
      'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n',
      'valid-calendar-object-resource',
    ],
    [
      'two tasks',
      calendar('UID:a', 'SUMMARY:A', 'END:VTODO', 'BEGIN:VTODO', 'UID:b'),
      'valid-calendar-object-resource',
    ],
    ['an endless UID', calendar(`UID:${'u'.repeat(600)}`), 'valid-calendar-object-resource'],
    ['U+0000', calendar('UID:nul', 'SUMMARY:a\0b'), 'valid-calendar-data'],
  ])('that is %s is refused with its condition', async (_what, text, condition) => {
    const answer = await put('anna', 'wrong.ics', text);
    expect(answer.status).toBe(403);
    expect(answer.text).toContain(condition);
  });

  it.each([
    ['an address with spaces and ÜÄ.ics'],
    ["a@b!c$&'()*+,;=.ics"],
    ['no-extension'],
    [`${'n'.repeat(200)}.ics`],
    ['50%25.ics'],
  ])('is found again by the address %s', async (name) => {
    const path = encodeURIComponent(name);
    const text = calendar(`UID:${encodeURIComponent(name)}`, `SUMMARY:Named`);
    expect((await put('cleo', path, text)).status).toBe(201);
    expect((await get('cleo', path)).text).toBe(text);
    const listed = await d.dav('cleo', 'PROPFIND', '/dav/calendars/cleo/inbox/', undefined, {
      depth: '1',
    });
    expect(hrefsOf(listed).map((href) => decodeURIComponent(href))).toContain(
      `/dav/calendars/cleo/inbox/${name}`,
    );
  });
});

describe('a collection', () => {
  it('is a new list with the address, the name and the colour that a program chose', async () => {
    const made = await d.dav(
      'dora',
      'MKCALENDAR',
      '/dav/calendars/dora/9C1F-4A/',
      xml(
        'C:mkcalendar',
        `<D:set><D:prop><D:displayname>Garden &amp; House</D:displayname><A:calendar-color symbolic-color="green">#63DA38FF</A:calendar-color>
         <C:supported-calendar-component-set><C:comp name="VTODO"/></C:supported-calendar-component-set></D:prop></D:set>`,
      ),
    );
    expect(made.status).toBe(201);
    const lists = (await d.t.ask('dora', 'GET', '/lists')).body as unknown as {
      items: { name: string }[];
    };
    expect(lists.items.map((list) => list.name)).toEqual(['Garden & House']);
    const asked = await d.dav(
      'dora',
      'PROPFIND',
      '/dav/calendars/dora/9C1F-4A/',
      xml(
        'D:propfind',
        '<D:prop><D:displayname/><A:calendar-color/><D:quota-used-bytes/></D:prop>',
      ),
      { depth: '0' },
    );
    expect(propertyOf(asked, 'displayname')).toBe('Garden &#38; House');
    expect(propertyOf(asked, 'calendar-color')).toBe('#63DA38FF');
    expect(asked.text).toContain('404 Not Found');
    expect((await d.dav('dora', 'MKCALENDAR', '/dav/calendars/dora/9C1F-4A/')).status).toBe(405);
  });

  it('is renamed, coloured and cleared by PROPPATCH; what is the server’s is refused with all beside it', async () => {
    const path = '/dav/calendars/dora/9C1F-4A/';
    const patch = (content: string) =>
      d.dav('dora', 'PROPPATCH', path, xml('D:propertyupdate', content));
    const done = await patch(
      '<D:set><D:prop><D:displayname>Yard</D:displayname><A:calendar-order>3</A:calendar-order></D:prop></D:set><D:remove><D:prop><A:calendar-color/></D:prop></D:remove>',
    );
    expect(done.status).toBe(207);
    expect(done.text).not.toContain('403');
    const refused = await patch(
      '<D:set><D:prop><A:calendar-order>4</A:calendar-order><D:getetag>x</D:getetag></D:prop></D:set>',
    );
    expect(refused.text).toContain('403 Forbidden');
    expect(refused.text).toContain('424 Failed Dependency');
    const all = await d.dav('dora', 'PROPFIND', path, undefined, { depth: '0' });
    expect(propertyOf(all, 'displayname')).toBe('Yard');
    expect(propertyOf(all, 'calendar-order')).toBe('3');
    expect(all.text).not.toContain('calendar-color');
  });

  it('is deleted with its tasks, the inbox never', async () => {
    const path = '/dav/calendars/dora/9C1F-4A/';
    await d.dav('dora', 'PUT', `${path}p.ics`, calendar('UID:p', 'SUMMARY:P'));
    await d.dav('dora', 'PUT', `${path}c.ics`, calendar('UID:c', 'SUMMARY:C', 'RELATED-TO:p'));
    expect((await d.dav('dora', 'DELETE', path)).status).toBe(204);
    expect((await d.dav('dora', 'PROPFIND', path, undefined, { depth: '0' })).status).toBe(404);
    expect(await tasksOf('dora')).toEqual([]);
    expect((await d.dav('dora', 'DELETE', '/dav/calendars/dora/inbox/')).status).toBe(403);
  });

  it.each([
    [
      'for events only',
      '<D:set><D:prop><C:supported-calendar-component-set><C:comp name="VEVENT"/></C:supported-calendar-component-set></D:prop></D:set>',
      403,
    ],
    ['with an empty name', '<D:set><D:prop><D:displayname> </D:displayname></D:prop></D:set>', 403],
  ])('%s is refused', async (_what, content, status) => {
    const answer = await d.dav(
      'dora',
      'MKCALENDAR',
      '/dav/calendars/dora/x/',
      xml('C:mkcalendar', content),
    );
    expect(answer.status).toBe(status);
  });
});
