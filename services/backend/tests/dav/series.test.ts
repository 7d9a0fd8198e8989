// A repeating task finished in a program: one finished task and one successor, whichever way the program writes it, also together
// with the recurring service, which makes the successor of what the page completes.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { calendar, startDav } from './dav-under-test.ts';
import type { DavUnderTest } from './dav-under-test.ts';
import { programUnderTest } from './program-under-test.ts';

let d: DavUnderTest;
beforeAll(async () => {
  d = await startDav();
});
afterAll(() => d.close());

const { put, get, names, recurringService, published, openAndDone } = programUnderTest(() => d);

const weekly = (start: string, ...more: string[]) =>
  calendar(
    'UID:series',
    'SUMMARY:Water plants',
    `DTSTART;VALUE=DATE:${start}`,
    `DUE;VALUE=DATE:${start}`,
    'RRULE:FREQ=WEEKLY;BYDAY=MO',
    'X-KEPT:as it is',
    ...more,
  );

describe('one successor', () => {
  it('where the entry itself moves on, and its address stays with the open task', async () => {
    const etag = await put('anna', 's.ics', weekly('20300107'));
    const next = weekly('20300114');
    const tag = await put('anna', 's.ics', next, etag);
    await published('anna', 1);
    await recurringService('anna');
    expect(await openAndDone('anna')).toEqual({ open: ['2030-01-14'], done: ['2030-01-07'] });
    expect(await get('anna', 's.ics')).toBe(next);
    expect(await names('anna')).toHaveLength(2);
    await put('anna', 's.ics', weekly('20300121'), tag);
    await published('anna', 2);
    await recurringService('anna');
    expect(await openAndDone('anna')).toEqual({
      open: ['2030-01-21'],
      done: ['2030-01-07', '2030-01-14'],
    });
  });

  it('where it moves past several occurrences at once', async () => {
    const etag = await put('bea', 's.ics', weekly('20300107'));
    await put('bea', 's.ics', weekly('20300204'), etag);
    await published('bea', 1);
    await recurringService('bea');
    expect(await openAndDone('bea')).toEqual({ open: ['2030-02-04'], done: ['2030-01-07'] });
  });

  it('where a finished changed occurrence is added (Thunderbird, Nextcloud), without a second record', async () => {
    const override = (day: string) => [
      'END:VTODO',
      'BEGIN:VTODO',
      'UID:series',
      'SUMMARY:Water plants',
      `RECURRENCE-ID;VALUE=DATE:${day}`,
      `DTSTART;VALUE=DATE:${day}`,
      'STATUS:COMPLETED',
      'COMPLETED:20260101T100000Z',
      'PERCENT-COMPLETE:100',
    ];
    let etag = await put('cleo', 's.ics', weekly('20300107'));
    const first = weekly('20300107', ...override('20300107'));
    etag = await put('cleo', 's.ics', first, etag);
    await published('cleo', 1);
    await recurringService('cleo');
    expect(await openAndDone('cleo')).toEqual({ open: ['2030-01-14'], done: ['2030-01-07'] });
    expect(await get('cleo', 's.ics')).toBe(first);
    expect(await names('cleo')).toEqual(['/dav/calendars/cleo/inbox/s.ics']);
    const second = weekly('20300107', ...override('20300107'), ...override('20300114'));
    etag = await put('cleo', 's.ics', second, etag);
    await published('cleo', 2);
    await recurringService('cleo');
    expect(await openAndDone('cleo')).toEqual({
      open: ['2030-01-21'],
      done: ['2030-01-07', '2030-01-14'],
    });
    // a change of the text alone finishes nothing more
    await put('cleo', 's.ics', second.replace('X-KEPT:as it is', 'X-KEPT:other'), etag);
    expect((await openAndDone('cleo')).open).toEqual(['2030-01-21']);
    expect(await names('cleo')).toHaveLength(1);
  });

  const copy = calendar(
    'UID:finished-copy',
    'SUMMARY:Water plants',
    'DTSTART;VALUE=DATE:20300107',
    'DUE;VALUE=DATE:20300107',
    'STATUS:COMPLETED',
    'PERCENT-COMPLETE:100',
  );
  it.each([
    ['after', 'dan'],
    ['before', 'eva'],
  ])(
    'where a finished copy is stored %s the entry moves (todoman, caldav), one record',
    async (order, user) => {
      const etag = await put(user, 's.ics', weekly('20300107'));
      if (order === 'before') await put(user, 'copy.ics', copy);
      await put(user, 's.ics', weekly('20300114'), etag);
      if (order === 'after') await put(user, 'copy.ics', copy);
      await published(user, 1);
      await recurringService(user);
      expect(await openAndDone(user)).toEqual({ open: ['2030-01-14'], done: ['2030-01-07'] });
      expect((await names(user)).sort()).toEqual([
        `/dav/calendars/${user}/inbox/copy.ics`,
        `/dav/calendars/${user}/inbox/s.ics`,
      ]);
      expect(await get(user, 'copy.ics')).toContain('UID:finished-copy');
      expect(await get(user, 's.ics')).toBe(weekly('20300114'));
    },
  );

  it('where the entry itself is called finished; the successor keeps what the program wrote', async () => {
    const etag = await put('finn', 's.ics', weekly('20300107'));
    await put(
      'finn',
      's.ics',
      weekly('20300107', 'STATUS:COMPLETED', 'COMPLETED:20260101T000000Z'),
      etag,
    );
    await published('finn', 1);
    await recurringService('finn');
    expect(await openAndDone('finn')).toEqual({ open: ['2030-01-14'], done: ['2030-01-07'] });
    const [other] = (await names('finn')).filter((name) => !name.endsWith('/s.ics'));
    const text = (await d.dav('finn', 'GET', other ?? '')).text;
    expect(text).toContain('X-KEPT:as it is');
    expect(text).toContain('DUE;VALUE=DATE:20300114');
    expect(text).toContain('RRULE:FREQ=WEEKLY;BYDAY=MO');
    expect(text).not.toContain('UID:series');
  });

  it('where COUNT is lowered with it, and none after the last', async () => {
    const counted = (start: string, count: number) =>
      weekly(start).replace('BYDAY=MO', `BYDAY=MO;COUNT=${count}`);
    let etag = await put('gus', 's.ics', counted('20300107', 2));
    etag = await put('gus', 's.ics', counted('20300114', 1), etag);
    expect(await openAndDone('gus')).toEqual({ open: ['2030-01-14'], done: ['2030-01-07'] });
    await put(
      'gus',
      's.ics',
      counted('20300114', 1).replace('END:VTODO', 'STATUS:COMPLETED\r\nEND:VTODO'),
      etag,
    );
    await published('gus', 2);
    await recurringService('gus');
    expect(await openAndDone('gus')).toEqual({ open: [], done: ['2030-01-07', '2030-01-14'] });
  });
});

describe('no successor', () => {
  it('where a program moves the date off the rule: the task is due then', async () => {
    const etag = await put('hal', 's.ics', weekly('20300107'));
    await put('hal', 's.ics', weekly('20300109'), etag);
    expect(await openAndDone('hal')).toEqual({ open: ['2030-01-09'], done: [] });
  });
  it('where a program leaves an occurrence out (EXDATE): the task is due at the next', async () => {
    const etag = await put('ida', 's.ics', weekly('20300107'));
    await put('ida', 's.ics', weekly('20300107', 'EXDATE;VALUE=DATE:20300107'), etag);
    expect(await openAndDone('ida')).toEqual({ open: ['2030-01-14'], done: [] });
  });
  it('where a program stores what was finished long ago', async () => {
    await put('jan', 's.ics', weekly('20200106', 'STATUS:COMPLETED', 'COMPLETED:20200106T100000Z'));
    await recurringService('jan');
    expect(await openAndDone('jan')).toEqual({ open: [], done: ['2020-01-06'] });
  });
});
