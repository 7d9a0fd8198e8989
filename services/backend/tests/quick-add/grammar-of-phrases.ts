// Phrases that lines are made of, by locale: titles, days, times, rules, ends, reminders, marks, and words that only look like
// one of these.

/** Phrases by locale, in groups; a line takes some of any group, in any order. */
export const GRAMMARS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'en-GB': [
    ['buy milk', 'call mum', 'pay rent', 'read 1984', 'x', 'The 5th Wave', 'fix bug #42', 'report'],
    ['today', 'tomorrow', 'tonight', 'friday', 'on monday', 'next week', 'in 3 days', '4 march'],
    ['on the 15th', '31/12', 'friday next week', 'july 14', 'in a month', 'by 1 june 2029', 'sat'],
    ['tomorrow morning', 'friday evening at 7', 'monday to friday', '3 to 10 june', 'this weekend'],
    ['at 9', '5pm', '21:15', 'at noon', 'at 9.30', '9-10am', 'at 5 Oak Street', '@ 6', '7am EST'],
    ['in 2 hours', 'in half an hour', 'at 9am Tokyo time', 'in the morning', 'midnight'],
    [
      'every day',
      'every friday',
      'every 2 weeks on tuesday',
      'every 2nd friday',
      'monthly',
      'daily',
    ],
    [
      'every weekday except friday',
      'every saturday morning',
      '1st of every month',
      'every 5 march',
    ],
    ['every! 3 days', 'every month on the last day', 'every day unless it rains', 'every 2 hours'],
    ['for 2 weeks', '10 times', 'until 31 december', 'until june', 'starting next monday', 'for 5'],
    ['remind me', 'remind me to', 'remind me a day before', 'remind me 2h before', 'to', 'and'],
    ['remind me at 8am', 'remind me the evening before', 'remind me 1 day before at 8am'],
    ['#home', '!high', '+family', '#"two words"', '!2', '+49 30', '#42', '!low'],
    [
      'after friday',
      'last friday',
      'Black Friday',
      'Friday the 13th movie night',
      '3.15 m',
      '24/7',
    ],
    ['every', 'at', 'on', 'the', 'until', 'before', '(tomorrow)', ':', ',', '-', '25:99', '31/2'],
  ],
};
