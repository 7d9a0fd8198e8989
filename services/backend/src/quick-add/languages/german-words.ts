// German words that several readers share.

const FULL_DAY = '(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag)';
/** Weekdays, by name or short form. */
export const WEEKDAY = `(?:${FULL_DAY}|(?:mo|di|mi|do|fr|sa|so)\\.?(?![\\p{L}]))`;
/** Weekdays whose name is nothing else. */
export const WEEKDAY_NAME = FULL_DAY;
/** Months, by name or short form. */
export const MONTH =
  '(?:januar|jänner|jan|februar|feb|märz|maerz|mär|april|apr|mai|juni|jun|juli|jul|august|aug|september|sept|sep|oktober|okt|november|nov|dezember|dez)(?![\\p{L}])\\.?';
/** A day of the month. */
export const DAY = '(?:0?[1-9]|[12]\\d|3[01])';
/** "1.", "1ten". */
export const NTH = `(?:${DAY}(?:\\.|te[nrs]?|ste[nrs]?))`;
/** A year that may follow a date. */
export const YEAR = '(?:19|20|21)\\d\\d';
/** "ersten" … "fünften", "letzten", "2.". */
export const ORDINAL = '(?:(?:erst|zweit|dritt|viert|fünft|letzt)e[nrsm]?|[1-5]\\.)';
/** Numbers that people write as words or digits. */
export const NUMBER =
  '(?:\\d{1,4}|ein(?:e[nmrs]?)?|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|fünfzehn|zwanzig|dreißig|ein\\s+paar)';
/** Parts of the day, as part of another word ("Samstagmorgen") or behind a day. */
export const PART = '(?:früh|morgen|vormittag|mittag|nachmittag|abend|nacht)s?';

const DAYS = ['so', 'mo', 'di', 'mi', 'do', 'fr', 'sa'];
const MONTHS = ['jan', 'feb', 'mär', 'apr', 'mai', 'jun', 'jul', 'aug', 'sep', 'okt', 'nov', 'dez'];
const ORDINALS = ['erst', 'zweit', 'dritt', 'viert', 'fünft'];
const NUMBERS = [
  'ein',
  'zwei',
  'drei',
  'vier',
  'fünf',
  'sechs',
  'sieben',
  'acht',
  'neun',
  'zehn',
  'elf',
  'zwölf',
];
const MORE_NUMBERS: Readonly<Record<string, number>> = {
  'ein paar': 3,
  fünfzehn: 15,
  zwanzig: 20,
  dreißig: 30,
  anderthalb: 1.5,
  eineinhalb: 1.5,
  halbe: 0.5,
  'einer halben': 0.5,
  'eine halbe': 0.5,
};

/** 0 Sunday … 6 Saturday; -1 for another word. */
export function weekdayNumber(word = ''): number {
  if (/^sonnab/i.test(word)) return 6;
  return DAYS.indexOf(word.slice(0, 2).toLowerCase());
}

/** 1 January … 12 December; 0 for another word. */
export function monthNumber(word = ''): number {
  const text = word.toLowerCase().replace('ae', 'ä').replace('jän', 'jan');
  return MONTHS.indexOf(text.slice(0, 3)) + 1;
}

/** A number in words or digits; NaN for another word. */
export function numberOf(word = ''): number {
  const text = word.toLowerCase().replace(/\s+/g, ' ');
  const known = MORE_NUMBERS[text];
  if (known !== undefined) return known;
  const plain = /^ein(?:e[nmrs]?)?$/.test(text) ? 'ein' : text;
  const index = NUMBERS.indexOf(plain);
  return index < 0 ? Number(text.replace(',', '.')) : index + 1;
}

/** 1 first … 5 fifth, -1 last. */
export function ordinalOf(word = ''): number {
  const text = word.toLowerCase();
  if (text.startsWith('letzt')) return -1;
  if (/^\d/.test(text)) return Number.parseInt(text, 10);
  return ORDINALS.findIndex((ordinal) => text.startsWith(ordinal)) + 1;
}

/** Days or months of a unit. */
export function unitOf(word: string): { unit: 'day' | 'month'; size: number } | undefined {
  const text = word.toLowerCase();
  if (text.startsWith('tag')) return { unit: 'day', size: 1 };
  if (text.startsWith('woche')) return { unit: 'day', size: 7 };
  if (text.startsWith('monat')) return { unit: 'month', size: 1 };
  if (text.startsWith('quartal')) return { unit: 'month', size: 3 };
  return text.startsWith('jahr') ? { unit: 'month', size: 12 } : undefined;
}

/** The key of a part of the day: "Abends" is `abend`. */
export function partKey(word = ''): string {
  return word.toLowerCase().replace(/s$/, '');
}
