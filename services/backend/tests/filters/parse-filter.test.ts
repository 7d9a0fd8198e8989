// The filter language: what each spelling means, and what is said about text that is no filter.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_NESTING, MAX_TERMS } from '../../src/filters/expression.ts';
import type { Expression } from '../../src/filters/expression.ts';
import { parseFilter } from '../../src/filters/parse-filter.ts';
import type { FilterContext } from '../../src/filters/parse-filter.ts';
import { printFilter } from '../../src/filters/print-filter.ts';
import { filters } from './random-filters.ts';

const LISTS = ['errands', 'Shopping list', 'a"b', 'Ünï'];
/** Wednesday 2027-05-19, 09:30 in Berlin. */
const context: FilterContext = {
  now: new Date('2027-05-19T07:30:00Z'),
  zone: 'Europe/Berlin',
  locale: 'en-GB',
  lists: LISTS.map((name) => ({ id: `id of ${name}`, name })),
};

function expressionOf(text: string, more: Partial<FilterContext> = {}): Expression {
  const read = parseFilter(text, { ...context, ...more });
  if ('error' in read) throw new Error(`${text}: ${read.error.message}`);
  return read.expression;
}
function errorOf(text: string) {
  const read = parseFilter(text, context);
  if ('expression' in read) throw new Error(`${text} is read as ${printFilter(read.expression)}`);
  return read.error;
}
function daysOf(words: string, more: Partial<FilterContext> = {}): string {
  const read = expressionOf(`due ${words}`, more);
  return read.kind === 'when' ? `${read.days.first} ${read.days.last}` : read.kind;
}

describe('the filter language', () => {
  it.each([
    [
      'due before friday & #home & !high | +errands & no date',
      'due before friday & #home & !high | +errands & no date',
    ],
    ['#home AND (!high OR !1) and NOT done', '#home & (!high | !high) & not done'],
    ['#home !high', '#home & !high'],
    ['not(#home|#work)', 'not (#home | #work)'],
    ['(#home & (#a & #b)) | (#c | #d)', '#home & #a & #b | #c | #d'],
    ['not not overdue', 'not not overdue'],
    ['tag home & list "shopping list" & priority medium', '#home & +"shopping list" & !medium'],
    ['#“two words” && "Oat milk" || text bread', '#"two words" & "Oat milk" | "bread"'],
    ['+"a\\"b"', '+"a\\"b"'],
    ['+ünï', '+ünï'],
    ['tomorrow', 'due tomorrow'],
    ['#home next week', '#home & due next week'],
    ['due on friday overdue', 'due friday & overdue'],
    ['Due By Next  Monday', 'due by next monday'],
    ['due until 17 May 2027 | due since 2027/5/17', 'due by 2027-05-17 | due from 2027-05-17'],
    ['due in 3 days', 'due in 3 days'],
    ['done', 'done'],
    ['completed last week', 'completed last week'],
    ['finished', 'done'],
    ['added yesterday & created after last month', 'created yesterday & created after last month'],
    ['no due date & no deadline', 'no date & no date'],
    ['inbox & without tags & has notes', 'no list & no tags & has notes'],
    [
      'no priority & no subtasks & has reminders & has time',
      'no priority & no subtasks & has reminders & has time',
    ],
    ['recurring & open', 'repeating & open'],
    ['subtasks | all', 'subtask | all'],
  ])('%s', (text, printed) => {
    expect(printFilter(expressionOf(text))).toBe(printed);
  });

  it.each([
    ['', 0, 0, 'expected a condition such as #home'],
    ['   ', 3, 3, 'expected a condition'],
    ['#home &', 7, 7, 'expected a condition'],
    ['& #home', 0, 1, 'expected a condition'],
    ['#home | | #work', 8, 9, 'expected a condition'],
    ['#home, #work', 5, 6, 'expected & or | between conditions, found “,”'],
    ['(#home | !high', 0, 1, 'expected a closing parenthesis'],
    ['#home)', 5, 6, 'expected & or | between conditions'],
    ['()', 1, 2, 'expected a condition'],
    ['due before fridai & #home', 11, 17, 'expected a day such as today, friday'],
    ['due before', 10, 10, 'expected a day'],
    ['due before #home', 11, 16, 'expected a day'],
    [
      'due',
      3,
      3,
      'expected a day such as today, friday, next week, in 3 days or 2027-05-17 after due',
    ],
    ['due 2027-02-30', 4, 14, 'found “2027-02-30”'],
    ['due 9999-12-31', 4, 14, 'expected a day'],
    ['created', 7, 7, 'expected a day'],
    ['!urgent', 0, 7, 'high, medium, low or none, found “urgent”'],
    ['!#home', 0, 6, 'write not'],
    ['#', 0, 1, 'expected the name of a tag'],
    ['+""', 0, 3, 'expected the name of a list'],
    ['+garden', 0, 7, 'there is no list named “garden”'],
    ['#home & "milk', 8, 13, 'closing quotation mark'],
    ['"  "', 0, 4, 'expected text'],
    [
      'no idea',
      3,
      7,
      'expected date, time, list, tags, priority, notes, reminders or subtasks, found “idea”',
    ],
    ['no', 2, 2, 'expected date, time'],
    ['milk', 0, 4, 'expected a condition such as #home'],
    ['constructor', 0, 11, 'expected a condition'],
    ['has __proto__', 4, 13, 'expected date, time'],
    ['tag', 3, 3, 'expected the name of a tag'],
  ])('%j is no filter', (text, start, end, message) => {
    expect(errorOf(text)).toEqual({
      start,
      end,
      message: expect.stringContaining(message) as string,
    });
  });

  it('has room for what people write, and an end', () => {
    const many = (count: number) => Array.from({ length: count }, () => 'done').join('|');
    expect(expressionOf(many(MAX_TERMS)).kind).toBe('or');
    expect(errorOf(many(MAX_TERMS + 1)).message).toContain(`at most ${MAX_TERMS}`);
    const nested = (depth: number) => `${'('.repeat(depth)}done${')'.repeat(depth)}`;
    expect(expressionOf(nested(MAX_NESTING)).kind).toBe('status');
    expect(errorOf(nested(MAX_NESTING + 1)).message).toContain(`at most ${MAX_NESTING}`);
    expect(errorOf(`${'not '.repeat(MAX_NESTING + 1)}done`).message).toContain('at most');
  });

  it('reads days as quick add does, and whole weeks and months', () => {
    expect(daysOf('today')).toBe('2027-05-19 2027-05-19');
    expect(daysOf('yesterday')).toBe('2027-05-18 2027-05-18');
    expect(daysOf('friday')).toBe('2027-05-21 2027-05-21');
    expect(daysOf('wednesday')).toBe('2027-05-26 2027-05-26');
    expect(daysOf('last wednesday')).toBe('2027-05-12 2027-05-12');
    expect(daysOf('last tuesday')).toBe('2027-05-18 2027-05-18');
    expect(daysOf('this week')).toBe('2027-05-17 2027-05-23');
    expect(daysOf('next week')).toBe('2027-05-24 2027-05-30');
    expect(daysOf('last week')).toBe('2027-05-10 2027-05-16');
    expect(daysOf('the weekend')).toBe('2027-05-22 2027-05-23');
    expect(daysOf('this month')).toBe('2027-05-01 2027-05-31');
    expect(daysOf('next month')).toBe('2027-06-01 2027-06-30');
    expect(daysOf('february')).toBe('2028-02-01 2028-02-29');
    expect(daysOf('in may')).toBe('2027-05-01 2027-05-31');
    expect(daysOf('may 2025')).toBe('2025-05-01 2025-05-31');
    expect(daysOf('last year')).toBe('2026-01-01 2026-12-31');
    expect(daysOf('next 7 days')).toBe('2027-05-19 2027-05-26');
    expect(daysOf('past 2 weeks')).toBe('2027-05-05 2027-05-19');
    expect(daysOf('10 days ago')).toBe('2027-05-09 2027-05-09');
    expect(daysOf('in 2000 days')).toBe('2032-11-08 2032-11-08');
    expect(daysOf('the 3rd')).toBe('2027-06-03 2027-06-03');
    expect(daysOf('12/5')).toBe('2028-05-12 2028-05-12');
    expect(daysOf('12/5', { locale: 'en-US' })).toBe('2027-12-05 2027-12-05');
    // a day with a year stays that day when it is behind
    expect(daysOf('17 march 2020')).toBe('2020-03-17 2020-03-17');
    expect(daysOf('3/4/21')).toBe('2021-04-03 2021-04-03');
  });

  it('reads days in the person’s language', () => {
    expect(daysOf('freitag', { locale: 'de-DE' })).toBe('2027-05-21 2027-05-21');
    expect(daysOf('übermorgen', { locale: 'de-DE' })).toBe('2027-05-21 2027-05-21');
    expect(daysOf('nächste woche', { locale: 'de-DE' })).toBe('2027-05-24 2027-05-30');
    expect(daysOf('demain', { locale: 'fr-FR' })).toBe('2027-05-20 2027-05-20');
    // who changes their language keeps their filters
    expect(daysOf('freitag', { locale: 'en-GB' })).toBe('2027-05-21 2027-05-21');
  });

  it('counts days in the person’s zone', () => {
    const late = { now: new Date('2027-05-19T22:30:00Z') };
    expect(daysOf('today', late)).toBe('2027-05-20 2027-05-20');
    expect(daysOf('today', { ...late, zone: 'America/New_York' })).toBe('2027-05-19 2027-05-19');
  });

  it('what is printed reads as the same filter', () => {
    fc.assert(
      fc.property(filters(LISTS), (made) => {
        const text = printFilter(made);
        const read = expressionOf(text);
        expect(printFilter(read)).toBe(printFilter(expressionOf(printFilter(read))));
        expect(expressionOf(printFilter(read))).toEqual(read);
        // the made one has no dates, and may hold an "and" within an "and"
        expect(printFilter(read).replace(/[()]/g, '')).toBe(text.replace(/[()]/g, ''));
      }),
      { numRuns: 500 },
    );
  });

  it('any text is a filter or says where it is none', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom(
        '#',
        '+',
        '!',
        '"',
        '(',
        ')',
        '&',
        '|',
        ' ',
        'not ',
        'due ',
        'before ',
        'no ',
        'friday',
        '\\',
        'high',
        '“',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 15 }), (pieces) => {
        const text = pieces.join('');
        const read = parseFilter(text, context);
        if ('expression' in read) {
          expect(expressionOf(printFilter(read.expression))).toEqual(read.expression);
          return;
        }
        const { start, end, message } = read.error;
        expect(0 <= start && start <= end && end <= text.length).toBe(true);
        expect(message).not.toBe('');
      }),
      { numRuns: 2_000 },
    );
  });
});
