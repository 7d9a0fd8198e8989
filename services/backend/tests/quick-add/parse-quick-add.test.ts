// What one line of text means. Everything here must hold in every zone the process may run in: the suite runs the same
// table under three values of TZ (see below).
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { dueInstant } from '@todo/contracts/due';
import type { Due } from '@todo/contracts/task';
import { describe, expect, it } from 'vitest';
import { parseQuickAdd } from '../../src/quick-add/parse-quick-add.ts';
import type { ParseContext, ParsedQuickAdd } from '../../src/quick-add/parse-quick-add.ts';

/** Wednesday 2027-05-19, 21:00 in Berlin. */
const BERLIN: ParseContext = {
  now: new Date('2027-05-19T19:00:00Z'),
  zone: 'Europe/Berlin',
  locale: 'en-GB',
};

function read(text: string, context: Partial<ParseContext> = {}): ParsedQuickAdd {
  return parseQuickAdd(text, { ...BERLIN, ...context });
}

function short(due: Due | null): string | null {
  if (due === null) return null;
  return due.kind === 'date' ? due.date : due.kind === 'local' ? due.local : due.at;
}

/** Letters and digits of a line that are neither in the title nor in what was understood: there must be none. */
function lettersLeft(text: string, parsed: ParsedQuickAdd): string[] {
  const places = parsed.understood
    .filter(({ inTitle }) => !inTitle)
    .map(({ text: piece }) => piece);
  const pool = Array.from(`${parsed.title} ${places.join(' ')}`);
  const asked = parsed.understood.some(({ kind }) => kind === 'reminder');
  // "remind me … to call": the small word goes with the reminder
  if (asked) pool.push('t', 'o', 't', 'h', 'a', 't');
  return Array.from(text).filter((char) => {
    if (!/[\p{L}\p{N}]/u.test(char)) return false;
    const at = pool.indexOf(char);
    if (at >= 0) pool.splice(at, 1);
    return at < 0;
  });
}

/** [text, title, due] */
const DUES: readonly (readonly [string, string, string | null])[] = [
  ['buy milk', 'buy milk', null],
  ['buy milk today', 'buy milk', '2027-05-19'],
  ['buy milk tomorrow', 'buy milk', '2027-05-20'],
  ['day after tomorrow visit', 'visit', '2027-05-21'],
  ['buy bread, tomorrow morning', 'buy bread', '2027-05-20T09:00'],
  ['tonight call', 'call', '2027-05-19T20:00'],
  ['tomorrow call mum at 9am', 'call mum', '2027-05-20T09:00'],
  ['call mum tomorrow at 9', 'call mum', '2027-05-20T09:00'],
  ['Meet Anna at 5', 'Meet Anna', '2027-05-20T17:00'],
  ['read chapter 3 at 21:15', 'read chapter 3', '2027-05-19T21:15'],
  ['call mum at noon', 'call mum', '2027-05-20T12:00'],
  ['call mum in 2 hours', 'call mum', '2027-05-19T23:00'],
  ['call mum in half an hour', 'call mum', '2027-05-19T21:30'],
  ['ship in 3 days', 'ship', '2027-05-22'],
  ['book flight next week', 'book flight', '2027-05-24'],
  ['book flight next month', 'book flight', '2027-06-01'],
  ['gift a week from friday', 'gift', '2027-05-28'],
  ['wash car this weekend', 'wash car', '2027-05-22'],
  ['finish by friday 5pm', 'finish', '2027-05-21T17:00'],
  ['visit on wednesday', 'visit', '2027-05-26'],
  ['dentist on the 15th at 10:30', 'dentist', '2027-06-15T10:30'],
  ['May 5 dinner', 'dinner', '2028-05-05'],
  ['dinner May 20th 7pm', 'dinner', '2027-05-20T19:00'],
  ['party 31/12', 'party', '2027-12-31'],
  ['submit tax 31.5.', 'submit tax', '2027-05-31'],
  ['submit tax 31.5.2028', 'submit tax', '2028-05-31'],
  ['ship 2027-06-01', 'ship', '2027-06-01'],
  ['ship 2027-06-01T08:00Z', 'ship', '2027-06-01T08:00:00.000Z'],
  ['call New York friday 9am EST', 'call New York', '2027-05-21T14:00:00.000Z'],
  ['leap party on 29 february', 'leap party', '2028-02-29'],
  ['Prepare Friday report tomorrow', 'Prepare Friday report', '2027-05-20'],
  ['Tomorrow prepare the Friday report', 'prepare the Friday report', '2027-05-20'],
  ['meeting tomorrow 9-10am', 'meeting tomorrow 9-10am', '2027-05-20T09:00'],
  ['tomorrow', 'tomorrow', '2027-05-20'],
  ['meet @ 5', 'meet', '2027-05-20T17:00'],
  ['concert on July 14', 'concert', '2027-07-14'],
  ['call July 14 10:00', 'call', '2027-07-14T10:00'],
  ['concert July 14, 2028', 'concert', '2028-07-14'],
  ['01/02 dentist', 'dentist', '2028-02-01'],
  ['25/12 dinner', 'dinner', '2027-12-25'],
  ['hike on the weekend', 'hike', '2027-05-22'],
  ['renew passport in 10 years', 'renew passport', '2037-05-19'],
  ['fly in a fortnight', 'fly', '2027-06-02'],
  ['call Bob tomorrow', 'call Bob', '2027-05-20'],
  ['call May tomorrow', 'call May', '2027-05-20'],
  ['fix bug #1234 today', 'fix bug #1234', '2027-05-19'],
  ['run 10 km on saturday', 'run 10 km', '2027-05-22'],
  ['book table for 2 at 8pm', 'book table for 2', '2027-05-20T20:00'],
  ['take pills at 8am and 8pm', 'take pills at 8am and 8pm', '2027-05-20T08:00'],
  ['clean monday and tuesday', 'clean monday and tuesday', '2027-05-24'],
];

/** Titles that only look like dates. */
const UNTOUCHED = [
  'Carry the monitor upstairs',
  'Phone Marcus and Janet about Decker',
  'Buy sunscreen',
  'We may be late',
  'Marathon plan',
  'The 9/11 Report',
  '24/7 support',
  'Provide support 24/7',
  'Meet at 5 Oak Street',
  'fix 2nd floor bath',
  'Renovation - 2nd Floor Bath',
  'Black Friday deals',
  "Prepare Friday's talk",
  'release notes for 3 May 2020',
  'review yesterday',
  'last friday notes',
  'Enjoy the sun',
  'The cat sat on the mat',
  'we wed in Rome',
  'add 1/2 cup sugar',
  'buy eggs in march',
  'read 1984',
  'weekly report',
  'write the daily standup notes',
  'Every Breath You Take',
  'each one teach one',
  '10 min workout',
  'plan weekend trip',
  'version 2.3.4',
  'iPhone 15',
  'room 12',
  'Good morning video',
  'morning run',
  'now',
  'watch 16:9 video',
  'issue #42',
  'call +49 30 12345',
  'C# course',
  'wow !!  two  spaces',
  'email a@b.example',
  'may call Bob',
  'March for science',
  'buy 7up',
  'second draft',
  'Second draft of the May report',
  'call Bob in may',
  'watch 2001 a space odyssey',
  'sun cream',
  'mon ami',
  'august rush movie',
  'email June',
  "June's birthday present",
  'order 50 chairs',
  'run 5k',
  'buy 6 eggs',
  'pay 12.50',
  'book table for 8',
  'read pages 3/10',
  'read pages 3-10',
  'call 555-1234',
  '1/2 cup of sugar',
  'plan 2028 budget',
  'pay 3 times',
  "tomorrow's agenda",
  'Easter Monday brunch',
  'midnight snack',
  '5 minute break',
  'do it now',
  'think about time zones: Europe/London',
  'lunch time',
];

/** [text, rule, first due] */
const RULES: readonly (readonly [string, string, string])[] = [
  ['x every day', 'FREQ=DAILY', '2027-05-19'],
  ['x daily at 9', 'FREQ=DAILY', '2027-05-20T09:00'],
  ['x every evening', 'FREQ=DAILY', '2027-05-20T18:00'],
  ['x every weekday at 9:30', 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR', '2027-05-20T09:30'],
  ['x every mon, wed and fri at 6pm', 'FREQ=WEEKLY;BYDAY=MO,WE,FR', '2027-05-21T18:00'],
  ['x every other thursday', 'FREQ=WEEKLY;INTERVAL=2;BYDAY=TH', '2027-05-20'],
  ['x every 2 weeks starting next monday', 'FREQ=WEEKLY;INTERVAL=2', '2027-05-24'],
  ['x weekly on friday', 'FREQ=WEEKLY;BYDAY=FR', '2027-05-21'],
  ['x every month on the 1st at 9am', 'FREQ=MONTHLY;BYMONTHDAY=1', '2027-06-01T09:00'],
  ['x monthly on the 1st', 'FREQ=MONTHLY;BYMONTHDAY=1', '2027-06-01'],
  ['x every 31st', 'FREQ=MONTHLY;BYMONTHDAY=31', '2027-05-31'],
  ['x every 1st and 15th', 'FREQ=MONTHLY;BYMONTHDAY=1,15', '2027-06-01'],
  ['x last day of every month', 'FREQ=MONTHLY;BYMONTHDAY=-1', '2027-05-31'],
  ['x every last friday of the month at 4pm', 'FREQ=MONTHLY;BYDAY=-1FR', '2027-05-28T16:00'],
  ['x every quarter', 'FREQ=MONTHLY;INTERVAL=3', '2027-05-19'],
  ['x every 5 march', 'FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=5', '2028-03-05'],
  ['x every friday until 31 december', 'FREQ=WEEKLY;BYDAY=FR;UNTIL=20271231', '2027-05-21'],
  [
    'x every friday at 6pm until 31 december',
    'FREQ=WEEKLY;BYDAY=FR;UNTIL=20271231',
    '2027-05-21T18:00',
  ],
  ['x every friday for 10 times', 'FREQ=WEEKLY;BYDAY=FR;COUNT=10', '2027-05-21'],
];

describe('A11: words that only start like a day or month', () => {
  it.each(UNTOUCHED)('%s: no due, no repetition, the title as typed', (text) => {
    const parsed = read(text);
    expect(parsed).toMatchObject({ title: text, due: null, recurrence: null, reminders: [] });
    expect(parsed.understood).toEqual([]);
  });
});

describe('A13: relative dates are resolved in the zone of the person and into the future', () => {
  it.each([
    ['2027-05-17T03:00:00Z', 'America/Los_Angeles', 'tomorrow 9am', '2027-05-17T16:00:00.000Z'],
    ['2027-05-17T03:00:00Z', 'Asia/Tokyo', 'tomorrow 9am', '2027-05-18T00:00:00.000Z'],
    [
      '2027-05-19T19:00:00Z',
      'Europe/Berlin',
      'remind me Wednesday at 10pm',
      '2027-05-19T20:00:00.000Z',
    ],
    ['2027-05-19T19:00:00Z', 'Europe/Berlin', 'call bank Monday 9am', '2027-05-24T07:00:00.000Z'],
    ['2027-05-22T10:00:00Z', 'Europe/Berlin', 'Friday 11am', '2027-05-28T09:00:00.000Z'],
  ])('at %s in %s, "%s" is %s', (now, zone, text, expected) => {
    const { due } = read(text, { now: new Date(now), zone });
    expect(due && dueInstant(due, zone).toISOString()).toBe(expected);
  });

  it('is right in the hour that a clock change skips, whatever the zone of the process', () => {
    // 02:30 does not exist on that day in Los Angeles, where the process may run
    const context = { now: new Date('2027-03-14T02:30:00Z'), zone: 'UTC' };
    expect(short(read('x in 1 hour', context).due)).toBe('2027-03-14T03:30');
    expect(short(read('x tomorrow at 2:30am', context).due)).toBe('2027-03-15T02:30');
  });

  it('names the second of two equal hours by its instant', () => {
    const context = { now: new Date('2027-10-31T00:30:00Z') }; // 02:30 CEST, the first one
    expect(read('x in 1 hour', context).due).toEqual({
      kind: 'instant',
      at: '2027-10-31T01:30:00.000Z',
    });
  });
});

describe('due', () => {
  it.each(DUES)('%s', (text, title, due) => {
    const parsed = read(text);
    expect([parsed.title, short(parsed.due)]).toEqual([title, due]);
  });

  it('reads numbers in the order of the locale', () => {
    expect(short(read('pay 3/4', { locale: 'en-GB' }).due)).toBe('2028-04-03');
    expect(short(read('pay 3/4', { locale: 'de-DE' }).due)).toBe('2028-04-03');
    expect(short(read('pay 6/7', { locale: 'en-US' }).due)).toBe('2027-06-07');
    expect(short(read('pay 6/7/2029', { locale: 'en-US' }).due)).toBe('2029-06-07');
    for (const [locale, date] of [
      ['en-US', '2028-01-02'],
      ['en-GB', '2028-02-01'],
      ['de', '2028-02-01'],
    ] as const)
      expect(short(read('dentist 01/02', { locale }).due), locale).toBe(date);
    expect(short(read('dentist 13/02', { locale: 'en-US' }).due)).toBe('2028-02-13');
  });

  it.each([
    ['call mum at 5pm Tokyo time', '2027-05-20T17:00', 'Asia/Tokyo'],
    ['call mum tomorrow 9am Europe/London', '2027-05-20T09:00', 'Europe/London'],
    ['call mum 17:00 (America/New_York)', '2027-05-19T17:00', 'America/New_York'],
    ['call mum at 9am in New York time on friday', '2027-05-21T09:00', 'America/New_York'],
  ])('%s: the clock of the zone that is named', (text, local, zone) => {
    const { title, due } = read(text);
    expect([title, due]).toEqual(['call mum', { kind: 'local', local, zone }]);
  });

  it('counts a repetition in the zone that is named', () => {
    expect(read('standup every weekday 9am New York time')).toMatchObject({
      title: 'standup',
      due: { kind: 'local', local: '2027-05-20T09:00', zone: 'America/New_York' },
    });
  });
});

describe('recurrence', () => {
  it.each(RULES)('%s', (text, rule, first) => {
    const { title, recurrence, due } = read(text);
    expect([title, recurrence?.rule, short(due)]).toEqual(['x', rule, first]);
  });

  it('counts from completion when asked to', () => {
    expect(read('water every 3 days after completion').recurrence).toEqual({
      rule: 'FREQ=DAILY;INTERVAL=3',
      from: 'completion',
    });
    expect(read('water every! 3 days').recurrence?.from).toBe('completion');
  });
});

describe('reminders', () => {
  it.each([
    ['pay friday remind me a day before', [{ before: 'P1D' }]],
    [
      'pay friday remind me 2 days, 1 day and 1h before',
      [{ before: 'P2D' }, { before: 'P1D' }, { before: 'PT1H' }],
    ],
    ['pay friday 9am remind me an hour and 10 minutes before', [{ before: 'PT1H10M' }]],
    ['remind me to call mum tomorrow at 9', [{ before: 'PT0S' }]],
    ['finish friday remind me tomorrow at noon', [{ at: '2027-05-20T10:00:00.000Z' }]],
    ['trash every monday, remind me at 8am', [{ before: 'PT1H' }]],
  ])('%s', (text, reminders) => {
    expect(read(text).reminders).toEqual(reminders);
  });

  it('gives a repeating date the time of its reminder when that is later than the hour of date reminders', () => {
    const parsed = read('trash every monday, remind me at 8pm');
    expect([short(parsed.due), parsed.reminders]).toEqual([
      '2027-05-24T20:00',
      [{ before: 'PT0S' }],
    ]);
  });

  it('takes one time for both in "remind me every day at 9"', () => {
    const parsed = read('remind me every day at 9 to take pills');
    expect([parsed.title, short(parsed.due)]).toEqual(['take pills', '2027-05-20T09:00']);
  });

  it('says that hours are no repetition, and keeps them in the title', () => {
    const parsed = read('drink water every 2 hours');
    expect(parsed).toMatchObject({ title: 'drink water every 2 hours', recurrence: null });
    expect(parsed.hints.join()).toMatch(/not by hours/);
  });

  it('keeps a reminder without a date in the title, and says what is missing', () => {
    const parsed = read('remind me to buy milk');
    expect(parsed).toMatchObject({ title: 'remind me to buy milk', reminders: [] });
    expect(parsed.hints.join()).toMatch(/add one/);
  });
});

describe('marks and literals', () => {
  it('understands the whole example', () => {
    const text = 'pay rent every month on the 1st at 9am #home !high remind me a day before';
    const parsed = read(text);
    expect(parsed).toMatchObject({
      title: 'pay rent',
      due: { kind: 'local', local: '2027-06-01T09:00', zone: 'Europe/Berlin' },
      recurrence: { rule: 'FREQ=MONTHLY;BYMONTHDAY=1', from: 'due' },
      reminders: [{ before: 'P1D' }],
      tags: ['home'],
      priority: 'high',
      list: null,
    });
    expect(parsed.understood.map(({ kind, text: piece }) => [kind, piece])).toEqual([
      ['recurrence', 'every month on the 1st'],
      ['due', 'at 9am'],
      ['tag', '#home'],
      ['priority', '!high'],
      ['reminder', 'remind me a day before'],
    ]);
    for (const { start, end, text: piece, meaning } of parsed.understood) {
      expect(text.slice(start, end)).toBe(piece);
      expect(meaning.length).toBeGreaterThan(3);
    }
  });

  it.each([
    [
      'mow #garden #"front yard" #Garden +House !2',
      'mow',
      ['garden', 'front yard'],
      'House',
      'medium',
    ],
    ['mow +"summer house" !low', 'mow', [], 'summer house', 'low'],
    ['#home !high', '', ['home'], null, 'high'],
    ['Straße fegen #ärger +Öl', 'Straße fegen', ['ärger'], 'Öl', 'none'],
  ])('%s', (text, title, tags, list, priority) => {
    expect(read(text)).toMatchObject({ title, tags, list, priority });
  });

  it.each([
    ['"buy milk tomorrow"', 'buy milk tomorrow', null],
    ['read "Friday the 13th" on saturday', 'read Friday the 13th', '2027-05-22'],
    ['buy \\#1 mug tomorrow', 'buy #1 mug', '2027-05-20'],
    ['write \\tomorrow down', 'write tomorrow down', null],
  ])('%s: quotes and \\ keep words as they are', (text, title, due) => {
    const parsed = read(text);
    expect([parsed.title, short(parsed.due), parsed.tags]).toEqual([title, due, []]);
  });

  it('leaves alone what a person took back', () => {
    const text = 'Sunday roast recipe';
    const [sunday] = read(text).understood;
    expect(sunday?.text).toBe('Sunday');
    const parsed = parseQuickAdd(text, BERLIN, { ignore: [sunday!] });
    expect(parsed).toMatchObject({ title: text, due: null });
  });

  it('makes further lines notes', () => {
    expect(read('call mum tomorrow\nask about\nFriday')).toMatchObject({
      title: 'call mum',
      notes: 'ask about\nFriday',
    });
  });
});

describe('any text', () => {
  it(
    'never throws, loses no letter, and its spans stay inside the text',
    { timeout: 120_000 },
    () => {
      const pieces = [
        'every',
        'day',
        '"',
        '\\',
        '#',
        '!',
        '+',
        '31/2',
        '2027-02-30',
        'remind me',
        'before',
        'until',
        'at',
        '25:99',
        'in 9999 hours',
        '\uD83D',
        '\u0000',
        '99 times',
        'a',
        'month',
        'on',
        'the',
        '31st',
        'friday',
        'tomorrow',
        '- 3pm',
        'buy milk',
        'call',
        'to',
        'and',
        '@ 5',
        'Tokyo time',
        'July 14',
        '+home',
        '#tag',
        '!high',
        '01/02',
        '  ',
        ',',
      ];
      let seed = 7;
      const next = (): number => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
      for (let round = 0; round < 3_000; round += 1) {
        const text = Array.from(
          { length: 1 + Math.floor(next() * 9) },
          () => pieces[Math.floor(next() * pieces.length)],
        ).join(' ');
        const parsed = read(text);
        for (const span of parsed.understood)
          expect(text.slice(span.start, span.end), text).toBe(span.text);
        if (parsed.due) dueInstant(parsed.due, BERLIN.zone);
        expect(lettersLeft(text, parsed), text).toEqual([]);
      }
    },
  );

  it('reads 2,000 characters of what its patterns begin with, and comes to an end', () => {
    for (const piece of ['every ', 'on the ', 'a ', '1/', '"', '#a', 'monday, ', '1st and '])
      expect(
        read(piece.repeat(Math.ceil(2_000 / piece.length)).slice(0, 2_000)).hints,
      ).toBeTruthy();
  });
});

describe.skipIf(process.env['QUICK_ADD_TZ'])('the zone of the process', () => {
  const root = fileURLToPath(new URL('../../../../', import.meta.url));
  const texts = [...DUES.map(([text]) => text), ...RULES.map(([text]) => text)];
  const script = `
    import { parseQuickAdd } from './services/backend/src/quick-add/parse-quick-add.ts';
    const out = [];
    for (const now of ['2027-05-19T19:00:00Z', '2027-03-14T10:30:00Z', '2027-03-13T17:05:00Z', '2027-11-07T09:30:00Z'])
      for (const zone of ['Europe/Berlin', 'America/Los_Angeles', 'Asia/Tokyo', 'Pacific/Kiritimati'])
        for (const text of ${JSON.stringify(texts)})
          out.push(parseQuickAdd(text, { now: new Date(now), zone, locale: 'en-GB' }));
    process.stdout.write(JSON.stringify(out));`;
  const run = (zone: string): string =>
    execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: root,
      env: { ...process.env, TZ: zone },
      maxBuffer: 64 * 1024 * 1024,
    }).toString();
  let london: string | undefined;
  const zones = ['UTC', 'America/Los_Angeles', 'Asia/Tokyo'];
  // Thousands of lines, by a process of its own.
  it.each(zones)('TZ=%s changes nothing', { timeout: 240_000 }, (tz) => {
    london ??= run('Europe/London');
    expect(run(tz)).toBe(london);
  });
});
