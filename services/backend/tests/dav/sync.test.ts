// What programs ask to find what changed (RFC 6578, ctag), and reports as they write them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { calendar, hrefsOf, propertyOf, startDav, xml } from './dav-under-test.ts';
import type { DavUnderTest } from './dav-under-test.ts';

let d: DavUnderTest;
beforeAll(async () => {
  d = await startDav();
});
afterAll(() => d.close());

const inbox = (user: string) => `/dav/calendars/${user}/inbox/`;
const put = (user: string, name: string, ...lines: string[]) =>
  d.dav(
    user,
    'PUT',
    `${inbox(user)}${name}.ics`,
    calendar(`UID:${name}`, `SUMMARY:${name}`, ...lines),
  );
const sync = (user: string, token: string, more = '') =>
  d.dav(
    user,
    'REPORT',
    inbox(user),
    xml(
      'D:sync-collection',
      `<D:sync-token>${token}</D:sync-token><D:sync-level>1</D:sync-level>${more}<D:prop><D:getetag/></D:prop>`,
    ),
  );
const tokenOf = (answer: { text: string }) => propertyOf(answer, 'sync-token') ?? '';
const short = (answer: { text: string }) => hrefsOf(answer).map((href) => href.split('/').at(-1));

describe('sync-collection', () => {
  it('tells each change once: made, changed in the page, moved out, moved in, deleted, restored', async () => {
    const list = (await d.t.ask('anna', 'POST', '/lists', { name: 'Other' })).body;
    for (const name of ['a', 'b', 'c']) await put('anna', name);
    const first = await sync('anna', '');
    expect(short(first).sort()).toEqual(['a.ics', 'b.ics', 'c.ics']);
    let token = tokenOf(first);
    const next = async () => {
      const answer = await sync('anna', token);
      expect(answer.status).toBe(207);
      token = tokenOf(answer);
      return answer;
    };
    expect(short(await next())).toEqual([]);
    const { items } = (await d.t.ask('anna', 'GET', '/tasks')).body;
    const id = (title: string) => items.find((task) => task.title === title)?.id ?? '';
    await d.t.ask('anna', 'PATCH', `/tasks/${id('a')}`, { notes: 'x' });
    await d.t.ask('anna', 'PATCH', `/tasks/${id('b')}`, { listId: list.id });
    await d.t.ask('anna', 'DELETE', `/tasks/${id('c')}`);
    const changed = await next();
    expect(short(changed).sort()).toEqual(['a.ics', 'b.ics', 'c.ics']);
    expect(changed.text.match(/404 Not Found/g)).toHaveLength(2);
    await d.t.ask('anna', 'POST', `/tasks/${id('c')}/restore`);
    expect(short(await next())).toEqual(['c.ics']);
    await d.t.ask('anna', 'DELETE', `/lists/${list.id}`);
    const back = await next();
    expect(short(back)).toEqual(['b.ics']);
    expect(back.text).toContain('200 OK');
  });

  it('gives a long list of changes in parts', async () => {
    const token = tokenOf(await sync('bea', ''));
    for (const name of ['a', 'b', 'c']) await put('bea', name);
    const limit = '<D:limit><D:nresults>2</D:nresults></D:limit>';
    const part = await sync('bea', token, limit);
    expect(short(part)).toEqual(['a.ics', 'b.ics', '']);
    expect(part.text).toContain('507 Insufficient Storage');
    expect(short(await sync('bea', tokenOf(part), limit))).toEqual(['c.ics']);
  });

  it.each([
    ['nonsense'],
    ['urn:todo:sync:00000000-0000-0000-0000-000000000000:999999999'],
    ['http://other/1'],
  ])('refuses the token %s with its condition', async (token) => {
    const answer = await sync('anna', token);
    expect(answer.status).toBe(403);
    expect(answer.text).toContain('valid-sync-token');
  });

  it('an address that was deleted and is used again is there, once', async () => {
    await put('cleo', 'a');
    const token = tokenOf(await sync('cleo', ''));
    await d.dav('cleo', 'DELETE', `${inbox('cleo')}a.ics`);
    await put('cleo', 'a');
    const answer = await sync('cleo', token);
    expect(short(answer)).toEqual(['a.ics']);
    expect(answer.text).not.toContain('404');
  });

  it('moves the ctag with every change, and only then', async () => {
    const ctag = async () =>
      propertyOf(
        await d.dav(
          'dora',
          'PROPFIND',
          inbox('dora'),
          xml('D:propfind', '<D:prop><CS:getctag/></D:prop>'),
          { depth: '0' },
        ),
        'getctag',
      );
    const before = await ctag();
    await put('dora', 'a');
    const after = await ctag();
    expect(after).not.toBe(before);
    expect(await ctag()).toBe(after);
  });
});

describe('calendar-query', () => {
  const query = async (filter: string) =>
    short(
      await d.dav(
        'emil',
        'REPORT',
        inbox('emil'),
        xml(
          'C:calendar-query',
          `<D:prop><D:getetag/><C:calendar-data/></D:prop><C:filter><C:comp-filter name="VCALENDAR">${filter}</C:comp-filter></C:filter>`,
        ),
        { depth: '1' },
      ),
    ).sort();
  const todo = (content: string) => `<C:comp-filter name="VTODO">${content}</C:comp-filter>`;
  const range = (start: string, end: string) => `<C:time-range start="${start}" end="${end}"/>`;

  beforeAll(async () => {
    await put('emil', 'open', 'CATEGORIES:Home,Garden');
    await put('emil', 'done', 'STATUS:COMPLETED', 'COMPLETED:20260102T000000Z');
    await put(
      'emil',
      'due',
      'DUE:20300110T100000Z',
      'BEGIN:VALARM',
      'ACTION:DISPLAY',
      'TRIGGER:-PT5M',
      'END:VALARM',
    );
    await put(
      'emil',
      'weekly',
      'DTSTART:20300101T100000Z',
      'DUE:20300101T110000Z',
      'RRULE:FREQ=WEEKLY',
    );
  });

  it.each<[string, string, string[]]>([
    ['all tasks', todo(''), ['done.ics', 'due.ics', 'open.ics', 'weekly.ics']],
    ['no events', '<C:comp-filter name="VEVENT"/>', []],
    [
      'what is not completed',
      todo('<C:prop-filter name="COMPLETED"><C:is-not-defined/></C:prop-filter>'),
      ['due.ics', 'open.ics', 'weekly.ics'],
    ],
    [
      'no property that is not there, negated or not (RFC 4791 9.7.2)',
      todo(
        '<C:prop-filter name="LOCATION"><C:text-match negate-condition="yes">x</C:text-match></C:prop-filter>',
      ),
      [],
    ],
    ['a span', todo(range('20300110T000000Z', '20300111T000000Z')), ['due.ics']],
    [
      'a span of a later occurrence',
      todo(range('20300122T000000Z', '20300123T000000Z')),
      ['weekly.ics'],
    ],
    [
      'a summary',
      todo('<C:prop-filter name="SUMMARY"><C:text-match>OPE</C:text-match></C:prop-filter>'),
      ['open.ics'],
    ],
    [
      'a summary by octets',
      todo(
        '<C:prop-filter name="SUMMARY"><C:text-match collation="i;octet">OPE</C:text-match></C:prop-filter>',
      ),
      [],
    ],
    [
      'a tag',
      todo('<C:prop-filter name="CATEGORIES"><C:text-match>garden</C:text-match></C:prop-filter>'),
      ['open.ics'],
    ],
    ['an alarm', todo('<C:comp-filter name="VALARM"/>'), ['due.ics']],
    [
      'no alarm',
      todo(
        '<C:comp-filter name="VALARM"><C:is-not-defined/></C:comp-filter><C:prop-filter name="DUE"/>',
      ),
      ['weekly.ics'],
    ],
  ])('finds %s', async (_what, filter, found) => {
    const names = await query(filter);
    // a task without a date is in every span after its creation (RFC 4791 9.9)
    expect(
      names.filter((name) =>
        filter.includes('time-range') ? !['open.ics', 'done.ics'].includes(name ?? '') : true,
      ),
    ).toEqual(found);
  });

  it('refuses a filter that it does not know, and one without its calendar', async () => {
    for (const filter of [
      '<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VTODO"><C:other/></C:comp-filter></C:comp-filter></C:filter>',
      '<C:filter/>',
    ]) {
      const answer = await d.dav(
        'emil',
        'REPORT',
        inbox('emil'),
        xml('C:calendar-query', `<D:prop/>${filter}`),
      );
      expect(answer.status).toBe(403);
      expect(answer.text).toMatch(/supported-filter|valid-filter/);
    }
  });

  it('gives a multiget what is there, and 404 for each address that is not', async () => {
    const answer = await d.dav(
      'emil',
      'REPORT',
      inbox('emil'),
      xml(
        'C:calendar-multiget',
        `<D:prop><D:getetag/><C:calendar-data/></D:prop><D:href>${inbox('emil')}open.ics</D:href><D:href>https://todo.example${inbox('emil')}due.ics</D:href>
         <D:href>${inbox('emil')}none.ics</D:href><D:href>/dav/calendars/anna/inbox/a.ics</D:href>`,
      ),
    );
    expect(short(answer)).toEqual(['open.ics', 'due.ics', 'none.ics', 'a.ics']);
    expect(answer.text.match(/404 Not Found/g)).toHaveLength(2);
    expect(answer.text).toContain('SUMMARY:open');
    expect(answer.text).not.toContain('SUMMARY:a\n');
  });

  it('names the reports that there are when another is asked for', async () => {
    const answer = await d.dav('emil', 'REPORT', inbox('emil'), xml('C:free-busy-query', ''));
    expect(answer.status).toBe(403);
    expect(answer.text).toContain('supported-report');
  });
});
