// English words that several readers share.

/** Weekdays whose name or short form is nothing else. */
export const WEEKDAY =
  '(?:sunday|monday|tuesday|wednesday|thursday|friday|saturday|tues?|thu(?:rs?)?|fri|sun|mon|wed|sat)\\.?';
/** Months, by name or short form. */
export const MONTH =
  '(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\.?';
/** A day of the month. */
export const DAY = '(?:0?[1-9]|[12]\\d|3[01])';
/** "1st" … "31st". */
export const NTH = `${DAY}(?:st|nd|rd|th)`;
/** A year that may follow a date. */
export const YEAR = '(?:19|20|21)\\d\\d';
/** "first" … "fifth", "last". */
export const ORDINAL = '(?:first|second|third|fourth|fifth|last|1st|2nd|3rd|4th|5th)';
/** Numbers that people write as words or digits. */
export const NUMBER =
  '(?:\\d{1,4}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|a\\s+couple\\s+of|a\\s+few)';

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth'];

/** Numbers that people write as words. */
export const NUMBER_WORDS: Readonly<Record<string, number>> = {
  a: 1,
  an: 1,
  'half an': 0.5,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  eleven: 11,
  twelve: 12,
  fifteen: 15,
  twenty: 20,
  thirty: 30,
  'a couple of': 2,
  'a few': 3,
};

/** 0 Sunday … 6 Saturday; -1 for another word. */
export function weekdayNumber(word = ''): number {
  return DAYS.indexOf(word.slice(0, 3).toLowerCase());
}

/** 1 January … 12 December; 0 for another word. */
export function monthNumber(word = ''): number {
  return MONTHS.indexOf(word.slice(0, 3).toLowerCase()) + 1;
}

/** A number in words or digits; NaN for another word. */
export function numberOf(word = ''): number {
  return NUMBER_WORDS[word.toLowerCase().replace(/\s+/g, ' ')] ?? Number(word.replace(',', '.'));
}

/** 1 first … 5 fifth, -1 last. */
export function ordinalOf(word = ''): number {
  const text = word.toLowerCase();
  if (text === 'last') return -1;
  return /^\d/.test(text) ? Number.parseInt(text, 10) : ORDINALS.indexOf(text) + 1;
}

/** Days or months of a unit. */
export function unitOf(word: string): { unit: 'day' | 'month'; size: number } | undefined {
  switch (word.toLowerCase().replace(/s?['’]?$/, '')) {
    case 'day':
      return { unit: 'day', size: 1 };
    case 'week':
      return { unit: 'day', size: 7 };
    case 'fortnight':
      return { unit: 'day', size: 14 };
    case 'month':
      return { unit: 'month', size: 1 };
    case 'quarter':
      return { unit: 'month', size: 3 };
    case 'year':
      return { unit: 'month', size: 12 };
    default:
      return undefined;
  }
}
