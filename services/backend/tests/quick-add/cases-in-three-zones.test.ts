// The public cases about words (N25, N26, N29, R03) and more of each kind: by people in three zones, with the server's process in
// three zones. The same words at the same time of a person's day mean the same everywhere.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localInstant } from '@todo/contracts/due';
import type { Due } from '@todo/contracts/task';
import { parseQuickAdd } from '../../src/quick-add/parse-quick-add.ts';

type Case = readonly [text: string, title: string, due: string | null, rule: string | null];

/** Said on Wednesday 2 December 2026 at 10:30. */
const ON_WEDNESDAY: readonly Case[] = [
  // N25
  ['review every 2nd friday', 'review', '2026-12-11', 'MONTHLY;BYDAY=2FR'],
  ['pay my bill every third thursday', 'pay my bill', '2026-12-17', 'MONTHLY;BYDAY=3TH'],
  ['team lunch every first monday', 'team lunch', '2026-12-07', 'MONTHLY;BYDAY=1MO'],
  ['review every 2nd week', 'review', '2026-12-02', 'WEEKLY;INTERVAL=2'],
  ['pay rent 1st of every month', 'pay rent', '2027-01-01', 'MONTHLY;BYMONTHDAY=1'],
  ['call gran every fourth sunday', 'call gran', '2026-12-27', 'MONTHLY;BYDAY=4SU'],
  ['backup every 3rd day', 'backup', '2026-12-02', 'DAILY;INTERVAL=3'],
  ['invoice 15th of each month', 'invoice', '2026-12-15', 'MONTHLY;BYMONTHDAY=15'],
  // N26
  ['Friday the 13th movie night', 'Friday the 13th movie night', null, null],
  ['cancel the Sunday Times', 'cancel the Sunday Times', null, null],
  ['The 5th Wave', 'The 5th Wave', null, null],
  ['The 9/11 Report', 'The 9/11 Report', null, null],
  ['Renovation - 2nd Floor Bath', 'Renovation - 2nd Floor Bath', null, null],
  ['shop for Black Friday', 'shop for Black Friday', null, null],
  ['read Tuesdays with Morrie', 'read Tuesdays with Morrie', null, null],
  ['listen to Blue Monday', 'listen to Blue Monday', null, null],
  // N29
  ['vacuum every saturday morning', 'vacuum', '2026-12-05T09:00', 'WEEKLY;BYDAY=SA'],
  ['vacuum saturday morning', 'vacuum', '2026-12-05T09:00', null],
  ['standup every weekday except friday', 'standup', '2026-12-02', 'WEEKLY;BYDAY=MO,TU,WE,TH'],
  ['gym every day except sunday', 'gym', '2026-12-02', 'WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA'],
];

/** Said on that day of the year 2027, at 10:30. */
const ON_OTHER_DAYS: readonly (readonly [day: string, ...Case])[] = [
  // R03
  ['2027-03-31', 'pay next month', 'pay', '2027-04-01', null],
  ['2027-01-31', 'pay in a month', 'pay', '2027-02-28', null],
  ['2027-05-19', 'pay friday next week', 'pay', '2027-05-28', null],
  ['2027-05-19', 'watch Friday Night Lights', 'watch Friday Night Lights', null, null],
  ['2027-08-31', 'pay next month', 'pay', '2027-09-01', null],
  ['2027-12-31', 'renew in 2 months', 'renew', '2028-02-29', null],
  ['2027-01-30', 'renew in a month', 'renew', '2027-02-28', null],
  ['2027-05-23', 'meet monday next week', 'meet', '2027-05-24', null],
];

const processZone = process.env['TZ'];

function short(due: Due | null): string | null {
  if (due === null) return null;
  return due.kind === 'date' ? due.date : due.kind === 'local' ? due.local : due.at;
}

describe.each(['UTC', 'America/Los_Angeles', 'Asia/Tokyo'])('process in %s', (tz) => {
  beforeAll(() => {
    process.env['TZ'] = tz;
  });
  afterAll(() => {
    if (processZone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = processZone;
  });

  const CASES = [...ON_WEDNESDAY.map((one) => ['2026-12-02', ...one] as const), ...ON_OTHER_DAYS];
  it.each(CASES)('on %s: %s', (day, text, title, due, rule) => {
    for (const zone of ['Europe/Berlin', 'America/Los_Angeles', 'Pacific/Kiritimati']) {
      const now = localInstant(`${day}T10:30`, zone);
      const parsed = parseQuickAdd(text, { now, zone, locale: 'en-GB' });
      const read = [parsed.title, short(parsed.due), parsed.recurrence?.rule ?? null];
      expect(read, zone).toEqual([title, due, rule === null ? null : `FREQ=${rule}`]);
      if (parsed.due?.kind === 'local') expect(parsed.due.zone).toBe(zone);
    }
  });

  it('N29: “for 2 weeks” ends a rule, two weeks after it begins', () => {
    for (const zone of ['Europe/Berlin', 'America/Los_Angeles', 'Pacific/Kiritimati']) {
      const now = localInstant('2026-12-02T10:30', zone);
      const parsed = parseQuickAdd('water daily for 2 weeks', { now, zone, locale: 'en-GB' });
      expect(parsed.title).toBe('water');
      expect(parsed.recurrence?.rule).toMatch(/^FREQ=DAILY;(UNTIL=20261215|COUNT=14)$/);
    }
  });
});
