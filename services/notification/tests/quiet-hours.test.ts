import { describe, expect, it } from 'vitest';
import { afterQuietHours } from '../src/quiet-hours.ts';

describe('quiet hours', () => {
  const night = { from: '22:00', to: '07:00' };
  it.each([
    ['before', 'Europe/Berlin', '2027-05-17T19:59:00Z', '2027-05-17T19:59:00Z'],
    ['from their begin', 'Europe/Berlin', '2027-05-17T20:00:00Z', '2027-05-18T05:00:00Z'],
    ['after midnight', 'Europe/Berlin', '2027-05-18T01:00:00Z', '2027-05-18T05:00:00Z'],
    ['until before their end', 'Europe/Berlin', '2027-05-18T04:59:59Z', '2027-05-18T05:00:00Z'],
    ['not at their end', 'Europe/Berlin', '2027-05-18T05:00:00Z', '2027-05-18T05:00:00Z'],
    ['in Tokyo', 'Asia/Tokyo', '2027-05-17T14:00:00Z', '2027-05-17T22:00:00Z'],
    ['at the end of a year', 'UTC', '2027-12-31T23:00:00Z', '2028-01-01T07:00:00Z'],
    ['A03: the short night', 'Europe/Berlin', '2027-03-27T22:00:00Z', '2027-03-28T05:00:00Z'],
    ['A03: the long night', 'Europe/Berlin', '2027-10-30T22:00:00Z', '2027-10-31T06:00:00Z'],
  ])('%s (%s)', (_what, zone, at, expected) => {
    expect(afterQuietHours(night, zone, new Date(at))).toEqual(new Date(expected));
  });

  it('within one day', () => {
    const nap = { from: '13:00', to: '15:00' };
    const end = (at: string) => afterQuietHours(nap, 'UTC', new Date(at)).toISOString();
    expect(end('2027-05-17T14:00:00Z')).toBe('2027-05-17T15:00:00.000Z');
    expect(end('2027-05-17T15:00:00Z')).toBe('2027-05-17T15:00:00.000Z');
    expect(end('2027-05-17T12:59:00Z')).toBe('2027-05-17T12:59:00.000Z');
  });

  it('A04: an end that the clocks skip is as much later as the gap is long', () => {
    const quiet = { from: '22:00', to: '02:30' };
    const end = afterQuietHours(quiet, 'America/New_York', new Date('2027-03-14T06:00:00Z'));
    expect(end.toISOString()).toBe('2027-03-14T07:30:00.000Z');
  });

  it('none: at once', () => {
    const at = new Date('2027-05-17T23:00:00Z');
    expect(afterQuietHours(null, 'UTC', at)).toEqual(at);
  });
});
