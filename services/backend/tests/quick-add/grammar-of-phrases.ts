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
  'de-DE': [
    ['Milch kaufen', 'Mama anrufen', 'Miete zahlen', 'x', 'Fehler #42', 'Bericht', 'laufen'],
    ['heute', 'morgen', 'Freitag', 'am Montag', 'nächste Woche', 'in 3 Tagen', '4. März', 'am 15.'],
    ['31.12.', 'Freitag nächster Woche', 'in einem Monat', 'bis 1. Juni 2029', 'dieses Wochenende'],
    ['morgen früh', 'Freitagabend um 7', 'Montag bis Freitag', '3. bis 10. Juni', 'Samstagmorgen'],
    ['um 9', '17 Uhr', '21:15', 'mittags', 'um 9.30', '9-10 Uhr', 'um halb acht', 'um Mitternacht'],
    ['in 2 Stunden', 'in einer halben Stunde', 'abends um 8', 'vor 3 Tagen', 'letzten Freitag'],
    ['jeden Tag', 'freitags', 'alle 2 Wochen am Dienstag', 'jeden zweiten Freitag', 'monatlich'],
    ['jeden Werktag außer Freitag', 'jeden Samstagmorgen', 'am 1. jedes Monats', 'jeden 5. März'],
    ['jeden Tag wenn es regnet', 'alle 2 Stunden', 'jeden Monat am letzten Tag', 'täglich'],
    ['für 2 Wochen', '10 mal', 'bis 31. Dezember', 'bis Juni', 'ab nächsten Montag'],
    ['erinnere mich', 'erinnere mich an', 'erinnere mich einen Tag vorher', 'erinnere mich um 8'],
    ['#haus', '!high', '+familie', '#"zwei Wörter"', '3,15 m', '3.15 m', 'nach Freitag', '24/7'],
    ['jeden', 'um', 'am', 'der', 'bis', 'an', '(morgen)', ':', ',', '-', '25:99', '31.2.'],
  ],
};
