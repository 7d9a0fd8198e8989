// Files made at random over real structures: no file is a 5xx, and nothing of a refused one is stored. A sample runs always;
// FUZZ_FILES=500 runs them all. A failure names its seed.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';
import { newPerson } from './files-under-test.ts';

const FILES = Number(process.env['FUZZ_FILES'] ?? 60);

/** Numbers from 0 to 1 that a seed decides (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const DATES = [
  '20270310',
  '20270310T190000',
  '20270310T190000Z',
  '2027-03-10',
  '',
  '20270231',
  '99991231T235959Z',
  '00010101',
  'tomorrow',
  '20270328T023000',
  '-1',
  '20271301T250000',
];
const RULES = [
  'FREQ=DAILY',
  'FREQ=WEEKLY;BYDAY=MO,TU',
  'freq=monthly;bymonthday=31',
  'FREQ=HOURLY',
  'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
  'COUNT=3;FREQ=DAILY',
  'FREQ=DAILY;UNTIL=2027',
  '',
  'FREQ=MONTHLY;BYDAY=-1FR;COUNT=0',
  'FREQ=DAILY;INTERVAL=99999',
  'FREQ=WEEKLY;BYDAY=XX',
  'FREQ=MONTHLY;BYSETPOS=-1;BYDAY=MO,TU,WE,TH,FR',
];
const TEXTS = [
  'buy milk',
  '',
  'a\\, b\\; c\\n',
  '=1+1',
  "'",
  '"',
  'ünï 😀',
  '\u0000',
  '\uD800',
  'x'.repeat(600),
  '\t',
  'title',
  ';;;',
  '<b>',
];
const DURATIONS = [
  '-PT15M',
  'PT1H',
  '-P1D',
  '-P1M',
  'P',
  '',
  '-2115415M',
  'PT99999999999H',
  '-P1W',
  'P1DT1H',
  '20270301T080000Z',
];
const ZONES = [
  'Europe/Berlin',
  'W. Europe Standard Time',
  '/x/Europe/Paris',
  'Nowhere',
  '',
  '(UTC+01:00) Berlin',
  'UTC',
];

function calendarOf(random: () => number): string {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const lines = ['BEGIN:VCALENDAR', 'VERSION:2.0'];
  for (let n = Math.ceil(random() * 6); n > 0; n -= 1) {
    const kind = pick(['VTODO', 'VTODO', 'VTODO', 'VEVENT', 'VJOURNAL']);
    lines.push(`BEGIN:${kind}`);
    const date = (name: string): string =>
      `${name}${pick(['', '', ';VALUE=DATE', `;TZID=${pick(ZONES)}`])}:${pick(DATES)}`;
    const possible = [
      () => `UID:${pick(['a', 'b', 'c', ''])}`,
      () => `SUMMARY:${pick(TEXTS)}`,
      () => `DESCRIPTION:${pick(TEXTS)}`,
      () => date('DUE'),
      () => date('DTSTART'),
      () => date('COMPLETED'),
      () => date('EXDATE'),
      () => date('RECURRENCE-ID'),
      () => `RRULE:${pick(RULES)}`,
      () => `RDATE:${pick(DATES)}`,
      () => `DURATION:${pick(DURATIONS)}`,
      () => `STATUS:${pick(['COMPLETED', 'NEEDS-ACTION', '', 'X', 'CANCELLED'])}`,
      () => `PRIORITY:${pick(['1', '5', '', 'high', '-3'])}`,
      () => `CATEGORIES:${pick(['a,b', '', ',,', 'x'.repeat(90)])}`,
      () =>
        `RELATED-TO${pick(['', ';RELTYPE=CHILD', ';RELTYPE=SIBLING'])}:${pick(['a', 'b', 'c', ''])}`,
      () => `X-TODO-RRULE:${pick(RULES)}`,
      () => `X-TODO-LEAD:${pick(DURATIONS)}`,
      () => `X-TODO-LIST:${pick(TEXTS)}`,
      () =>
        [
          'BEGIN:VALARM',
          `TRIGGER${pick(['', ';RELATED=END', ';VALUE=DATE-TIME', ';X-TODO-BEFORE=P1M'])}:${pick(DURATIONS)}`,
          pick(['END:VALARM', '']),
        ].join('\r\n'),
      () => pick(['nonsense', ';:;', 'X;A="', 'BEGIN:VTIMEZONE', 'END:VTODO', ' folded']),
    ];
    for (let m = Math.ceil(random() * 10); m > 0; m -= 1) lines.push(pick(possible)());
    lines.push(`END:${kind}`);
  }
  lines.push('END:VCALENDAR');
  const text = lines.join(pick(['\r\n', '\n', '\r']));
  return random() < 0.1 ? text.slice(0, Math.floor(random() * text.length)) : text;
}

function tableOf(random: () => number): string {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const separator = pick([',', ';', '\t', '|']);
  const header = pick([
    ['title', 'due', 'zone', 'recurrence', 'reminders', 'tags', 'status'],
    ['id', 'parentId', 'title', 'notes', 'due', 'completedAt', 'priority'],
    ['TYPE', 'CONTENT', 'DESCRIPTION', 'PRIORITY', 'INDENT', 'DATE', 'DATE_LANG'],
    [
      'List Name',
      'Title',
      'Due Date',
      'Reminder',
      'Repeat',
      'Status',
      'taskId',
      'parentId',
      'Is All Day',
    ],
    ['Subject', 'Due Date', 'Reminder On/Off', 'Reminder Date', '% Complete'],
    ['a', 'b', 'c'],
  ]);
  const all = [
    ...DATES,
    ...RULES,
    ...TEXTS,
    ...DURATIONS,
    ...ZONES,
    'task',
    'section',
    'note',
    '1',
    '2',
    'every day',
    'jeden Tag',
  ];
  const quoted = (cell: string): string =>
    random() < 0.7 ? `"${cell.replaceAll('"', '""')}"` : cell;
  const rows = Array.from({ length: Math.floor(random() * 8) }, () =>
    Array.from({ length: header.length + (random() < 0.1 ? 1 : 0) }, () => quoted(pick(all))).join(
      separator,
    ),
  );
  return [header.join(separator), ...rows].join(pick(['\r\n', '\n', '\r']));
}

function jsonOf(random: () => number): string {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const any = (): unknown =>
    pick<unknown>([
      null,
      1,
      true,
      [],
      {},
      'x',
      { kind: 'date', date: pick(DATES) },
      { rule: pick(RULES) },
      [{ before: pick(DURATIONS) }],
      pick(TEXTS),
      [[[[[[[[1]]]]]]]],
    ]);
  const names = [
    'id',
    'parentId',
    'title',
    'notes',
    'status',
    'priority',
    'tags',
    'due',
    'recurrence',
    'reminders',
    'createdAt',
    'seriesId',
    'occurrence',
    'place',
    'list',
    'uid',
    '__proto__',
  ];
  const task = (): unknown =>
    pick<unknown>([
      any(),
      Object.fromEntries(Array.from({ length: 6 }, () => [pick(names), any()])),
    ]);
  const text = JSON.stringify({
    lists: [any(), { id: 'l', name: pick(TEXTS) }],
    tasks: Array.from({ length: Math.floor(random() * 6) }, task),
  });
  return random() < 0.1 ? text.slice(0, Math.floor(random() * text.length)) : text;
}

describe('files made at random', { timeout: 600_000 }, () => {
  let t: TestBackend;
  beforeAll(async () => {
    t = await startTestBackend();
  });
  afterAll(() => t.close());

  it(`${FILES} of them: never a 5xx, never a half`, async () => {
    const kinds = [
      ['text/calendar', calendarOf],
      ['text/csv', tableOf],
      ['application/json', jsonOf],
    ] as const;
    const who = await newPerson(t, 'Europe/Berlin');
    const count = async (): Promise<number> => {
      const { rows } = await t.pool.query<{ n: number }>(
        'SELECT count(*)::int AS n FROM todo.tasks WHERE user_id = $1',
        [who.id],
      );
      return rows[0]?.n ?? 0;
    };
    for (let seed = 1; seed <= FILES; seed += 1) {
      const [type, make] = kinds[seed % 3]!;
      const file = make(randomOf(seed));
      const before = await count();
      const { status, body, report } = await who.send(
        file,
        type,
        seed % 2 === 0 ? '?duplicates=add' : '',
        seed % 4 === 0 ? { 'idempotency-key': `seed-${seed}` } : {},
      );
      expect([200, 400], `seed ${seed}: ${body}\n${file}`).toContain(status);
      // no reader met what it was not prepared for
      expect(body, `seed ${seed}\n${file}`).not.toContain('it could not be read');
      expect(await count(), `seed ${seed}`).toBe(before + (status === 200 ? report.created : 0));
      if (status === 200)
        expect(report.tasks + report.duplicates + report.leftOut, `seed ${seed}`).toBe(report.read);
    }
    // and all that was stored can be exported, and read again
    for (const [format, type] of [
      ['json', 'application/json'],
      ['csv', 'text/csv'],
      ['ics', 'text/calendar'],
    ] as const) {
      const other = await newPerson(t, 'Europe/Berlin');
      const { status, body, report } = await other.send(await who.export(format), type);
      expect(status, body).toBe(200);
      expect(report.created, format).toBe((await who.tasks()).length);
    }
  });
});
