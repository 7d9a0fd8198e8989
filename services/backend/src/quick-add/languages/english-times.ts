// How English names a time of day.
import { AT_END, compile } from '../form.ts';
import type { Around, Form } from '../form.ts';
import type { PartOfDay, TimeReading } from '../language.ts';
import { clock, twelveHours } from '../readings.ts';
import { FOLLOWS } from './english-dates.ts';
import { NUMBER_WORDS } from './english-words.ts';

const HOUR12 = '(?:1[0-2]|0?[1-9])';
const HOUR24 = '(?:[01]?\\d|2[0-3])';
const HALF = '(?:[ap]\\.?m\\.?(?![\\p{L}]))';
const HOUR_WORD = '(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)';
const TO = '\\s*(?:-|–|to|until|till|and)\\s*';
const SCORED =
  /\b(?:ratios?|mix(?:ed)?|dilute[ds]?|scores?|scored|odds(?:\s+(?:are|of))?|scale|aspect|won|lost|verses?|chapters?|genesis|exodus|psalms?|proverbs|isaiah|matthew|mark|luke|john|acts|romans|corinthians|revelation)\s+$/i;

const MEASURE =
  /^\s+(?:m|cm|mm|km|kg|g|l|ml|mph|kmh|percent|degrees?|euros?|dollars?|pounds?|cents?|points?|metres?|meters?|miles?|people|places?|stops?|corners?|locations?|[ap]m)(?![\p{L}])/iu;
const saysAt = (around: Around): boolean => /(?:\bat|\baround|\babout|@)\s*$/i.test(around.lead);
/** "at 5" is a time when no name or measure follows ("at 5 Oak Street", "at 3.15 m"). */
const bareIsTime = (around: Around): boolean =>
  (saysAt(around) || /\b(?:by|from)\s+$/i.test(around.lead)) &&
  (FOLLOWS.test(around.after) || isBeforeVerb(around));
/** "tomorrow at 9 call mum": behind a day, or at the begin, a small word may follow; a name or a measure may not. */
const isBeforeVerb = ({ first, joined, after }: Around): boolean =>
  (first || joined) && /^\s+\p{Ll}/u.test(after) && !MEASURE.test(after);
const clockIsTime = ({ before, lead, after, joined }: Around): boolean =>
  !SCORED.test(before) &&
  (AT_END.test(after) || joined || lead !== '' || before.trim() === '' || FOLLOWS.test(after));

function hourOf(word = ''): number {
  return NUMBER_WORDS[word.toLowerCase()] ?? Number(word);
}

const FORMS: readonly Form<TimeReading>[] = [
  {
    pattern: `(?<h>${HOUR12})(?:[:.](?<m>[0-5]\\d))?\\s*(?<half>${HALF})`,
    read: ({ h, m, half }) =>
      clock(twelveHours(Number(h), half ?? ''), Number(m ?? 0), { exact: true }),
  },
  {
    pattern: `(?<h>${HOUR24}|${HOUR_WORD})\\s*o['’]?\\s?clock`,
    read: ({ h }) => clock(hourOf(h), 0, { exact: false }),
  },
  {
    pattern: `(?<h>${HOUR24}):(?<m>[0-5]\\d)(?::[0-5]\\d)?`,
    read: ({ h = '', m }) => clock(Number(h), Number(m), { exact: h.length > 1 }),
    meant: clockIsTime,
  },
  {
    // a decimal is no clock time: only "at 9.30" is
    pattern: `(?<h>${HOUR24})\\.(?<m>[0-5]\\d)`,
    read: ({ h = '', m }) => clock(Number(h), Number(m), { exact: h.length > 1 }),
    meant: (around) => saysAt(around) && bareIsTime(around),
  },
  {
    pattern: `(?<h>${HOUR24})`,
    read: ({ h = '' }) => clock(Number(h), 0, { exact: h.length > 1 }),
    meant: bareIsTime,
  },
  {
    pattern: `(?<m>half|quarter|five|ten|twenty)\\s+past\\s+(?<h>${HOUR12}|${HOUR_WORD})`,
    read: ({ h, m }) => clock(hourOf(h), minutesOf(m), { exact: false }),
  },
  {
    pattern: `(?<m>quarter|five|ten|twenty)\\s+to\\s+(?<h>${HOUR12}|${HOUR_WORD})`,
    read: ({ h, m }) => clock((hourOf(h) + 23) % 24, 60 - minutesOf(m), { exact: false }),
    meant: (around) => saysAt(around) || around.joined,
  },
  {
    pattern: '(?:noon|midday)',
    read: () => clock(12, 0, { exact: true }),
    meant: isNamedTime,
  },
  { pattern: 'midnight', read: () => clock(0, 0, { exact: true }), meant: isNamedTime },
  // ranges: the begin is the due, all words stay in the title
  {
    pattern: `(?:(?:from|between)\\s+)?(?<h>${HOUR12})(?:[:.](?<m>[0-5]\\d))?\\s*(?<half>${HALF})?${TO}(?<h2>${HOUR12})(?:[:.][0-5]\\d)?\\s*(?<half2>${HALF})`,
    read: ({ h, m, half, h2, half2 = '' }) => {
      const end = twelveHours(Number(h2), half2);
      const begin = twelveHours(Number(h), half ?? half2);
      // "11-1pm" begins before noon
      const hour = half === undefined && begin > end ? begin - 12 : begin;
      return clock(hour < 0 ? 25 : hour, Number(m ?? 0), { exact: true, range: true });
    },
  },
  {
    pattern: `(?:(?:from|between)\\s+)?(?<h>${HOUR24}):(?<m>[0-5]\\d)${TO}${HOUR24}:[0-5]\\d`,
    read: ({ h, m }) => clock(Number(h), Number(m), { exact: true, range: true }),
  },
  {
    pattern: `(?:from|between)\\s+(?<h>${HOUR24})(?::(?<m>[0-5]\\d))?${TO}${HOUR24}(?::[0-5]\\d)?`,
    read: ({ h = '', m }) => clock(Number(h), Number(m ?? 0), { exact: h.length > 1, range: true }),
    meant: ({ joined, after }) => joined || AT_END.test(after),
  },
];

function isNamedTime({ before, lead, after, joined }: Around): boolean {
  if (/\b(?:the|a|an|my|our|every|each)\s+$/i.test(before)) return false;
  return joined || lead !== '' || AT_END.test(after) || /^\s*;/.test(after);
}

function minutesOf(word = ''): number {
  switch (word.toLowerCase()) {
    case 'half':
      return 30;
    case 'quarter':
      return 15;
    default:
      return hourOf(word);
  }
}

/** Every English form. */
export const ENGLISH_TIMES = compile(FORMS);

/** Parts of the day and the times they stand for. */
export const ENGLISH_PARTS: Readonly<Record<string, PartOfDay>> = {
  morning: { time: '09:00', half: 'am' },
  afternoon: { time: '15:00', half: 'pm' },
  evening: { time: '18:00', half: 'pm' },
  tonight: { time: '20:00', half: 'night' },
  night: { time: '20:00', half: 'night' },
};
