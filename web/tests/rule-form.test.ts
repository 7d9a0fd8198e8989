import { describe, expect, test } from 'vitest';
import { formOf, ruleOf } from '@/lib/rule-form';
import { ruleLabel } from '@/lib/recurrence';
import { nextPath } from '@/lib/auth-api';
import { en } from '@/text/en';

describe('the recurrence editor', () => {
  test.each([
    ['FREQ=DAILY', '2027-01-31'],
    ['FREQ=DAILY;INTERVAL=3;COUNT=5', '2027-01-31'],
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE', '2027-01-31'],
    ['FREQ=MONTHLY;BYMONTHDAY=-1;UNTIL=20271231', '2027-01-31'],
    ['FREQ=MONTHLY;BYMONTHDAY=1', '2027-01-03'],
    ['FREQ=MONTHLY;BYDAY=2FR', '2027-01-08'],
    ['FREQ=MONTHLY;BYDAY=-1FR', '2027-01-29'],
    ['FREQ=YEARLY', '2028-02-29'],
  ])('shows and keeps %s', (rule, date) => {
    const form = formOf(rule);
    expect(form).not.toBeNull();
    expect(ruleOf(form!, date)).toBe(rule);
  });

  test.each([
    'FREQ=HOURLY',
    'FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1',
    'FREQ=MONTHLY;BYMONTHDAY=1,15',
    'FREQ=YEARLY;BYMONTHDAY=3',
  ])('leaves %s, which it has no fields for, as it is', (rule) => {
    expect(formOf(rule)).toBeNull();
  });

  test('says a rule in words', () => {
    expect(ruleLabel('FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR', en, 'en')).toBe('Every weekday');
    expect(ruleLabel('FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE', en, 'en')).toBe(
      'Every 2 weeks: Mon, Wed',
    );
  });
});

describe('where sign-in leads', () => {
  test.each([
    ['?next=%2Fupcoming', '/upcoming'],
    ['?next=https%3A%2F%2Fevil.example', '/'],
    ['?next=%2F%2Fevil.example', '/'],
    ['?next=%2F%5Cevil.example', '/'],
    ['', '/'],
  ])('%s leads to %s', (search, path) => {
    expect(nextPath(search)).toBe(path);
  });
});
