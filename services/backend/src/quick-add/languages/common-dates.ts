// Dates in numbers, which every language writes alike; the order of day and month is the locale's.
import { dateOf } from '../calendar.ts';
import type { Form } from '../form.ts';
import type { DateReading } from '../language.ts';
import { future, monthDay, numericDate, offsetMinutes } from '../readings.ts';

/** ISO 8601 dates and date-times, and days with a year. */
export const COMMON_DATES: readonly Form<DateReading>[] = [
  {
    pattern: '(?<y>\\d{4})[-/](?<m>\\d{1,2})[-/](?<d>\\d{1,2})',
    read: ({ y, m, d }, context) => future(dateOf(Number(y), Number(m), Number(d)), context),
  },
  {
    pattern:
      '(?<date>\\d{4}-\\d\\d-\\d\\d)T(?<time>(?:[01]\\d|2[0-3]):[0-5]\\d)(?::[0-5]\\d(?:\\.\\d{1,9})?)?(?<offset>Z|[+-]\\d\\d:?\\d\\d)?',
    read: ({ date = '', time = '', offset }, context) => {
      const [year, month, day] = date.split('-').map(Number);
      const reading = future(dateOf(year ?? 0, month ?? 0, day ?? 0), context);
      if (reading === 'text') return reading;
      return {
        ...reading,
        time,
        ...(offset === undefined ? {} : { offset: offsetMinutes(offset) }),
      };
    },
  },
  {
    pattern: '(?<a>\\d{1,2})(?<sep>[/.-])(?<b>\\d{1,2})\\k<sep>(?<y>(?:19|20|21)\\d\\d)',
    read: ({ a, b, y, sep }, context) =>
      sep === '.'
        ? monthDay({ day: Number(a), month: Number(b), year: Number(y) }, context)
        : numericDate(Number(a), Number(b), Number(y), context),
  },
  {
    pattern: '(?<a>\\d{1,2})/(?<b>\\d{1,2})/(?<y>\\d\\d)',
    read: ({ a, b, y }, context) => numericDate(Number(a), Number(b), Number(y), context),
  },
];
