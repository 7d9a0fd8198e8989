// French words that several readers share.

/** Weekdays. */
export const WEEKDAY = '(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)';
/** Months, by name or short form. */
export const MONTH =
  '(?:janvier|janv|février|fevrier|févr|mars|avril|avr|mai|juin|juillet|juil|août|aout|septembre|sept|octobre|oct|novembre|nov|décembre|decembre|déc)(?![\\p{L}])\\.?';
/** A day of the month. */
export const DAY = '(?:1er|0?[1-9]|[12]\\d|3[01])';
/** A year that may follow a date. */
export const YEAR = '(?:19|20|21)\\d\\d';
/** "premier" … "cinquième", "dernier". */
export const ORDINAL =
  '(?:premi(?:er|ère)|deuxième|second|troisième|quatrième|cinquième|derni(?:er|ère)|1er|[2-5]e)';
/** Numbers that people write as words or digits. */
export const NUMBER =
  '(?:\\d{1,4}|une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|quinze|vingt|trente|quelques)';
/** Parts of the day. */
export const PART = '(?:matins?|après-midis?|soirs?|nuits?)';

const DAYS = ['dimanche', 'lundi', 'mardi', 'mercredi', 'jeudi', 'vendredi', 'samedi'];
const MONTHS = [
  'jan',
  'fev',
  'mar',
  'avr',
  'mai',
  'juin',
  'juil',
  'aou',
  'sep',
  'oct',
  'nov',
  'dec',
];
const ORDINALS = ['premi', 'deuxième', 'troisième', 'quatrième', 'cinquième'];
const NUMBERS: Readonly<Record<string, number>> = {
  un: 1,
  une: 1,
  deux: 2,
  trois: 3,
  quatre: 4,
  cinq: 5,
  six: 6,
  sept: 7,
  huit: 8,
  neuf: 9,
  dix: 10,
  onze: 11,
  douze: 12,
  quinze: 15,
  vingt: 20,
  trente: 30,
  quelques: 3,
  'une demi': 0.5,
};

/** 0 Sunday … 6 Saturday; -1 for another word. */
export function weekdayNumber(word = ''): number {
  return DAYS.indexOf(word.toLowerCase().replace(/s$/, ''));
}

/** 1 January … 12 December; 0 for another word. */
export function monthNumber(word = ''): number {
  const text = word.toLowerCase().replaceAll('é', 'e').replaceAll('û', 'u');
  return MONTHS.findIndex((month) => text.startsWith(month)) + 1;
}

/** A number in words or digits; NaN for another word. */
export function numberOf(word = ''): number {
  return NUMBERS[word.toLowerCase().replace(/[\s-]+$/, '')] ?? Number(word.replace(',', '.'));
}

/** 1 first … 5 fifth, -1 last. */
export function ordinalOf(word = ''): number {
  const text = word.toLowerCase();
  if (text.startsWith('derni')) return -1;
  if (text === 'second') return 2;
  if (/^\d/.test(text)) return Number.parseInt(text, 10);
  return ORDINALS.findIndex((ordinal) => text.startsWith(ordinal)) + 1;
}

/** Days or months of a unit. */
export function unitOf(word: string): { unit: 'day' | 'month'; size: number } | undefined {
  const text = word.toLowerCase();
  if (text.startsWith('jour')) return { unit: 'day', size: 1 };
  if (text.startsWith('semaine')) return { unit: 'day', size: 7 };
  if (text.startsWith('mois')) return { unit: 'month', size: 1 };
  if (text.startsWith('trimestre')) return { unit: 'month', size: 3 };
  return /^ann?/.test(text) ? { unit: 'month', size: 12 } : undefined;
}

/** The key of a part of the day: "matins" is `matin`. */
export function partKey(word = ''): string {
  return word.toLowerCase().replace(/s$/, '');
}
