// How German names a time of day. With "Uhr" a time is on the clock of 24 hours; "um 5" alone is the afternoon.
import { AT_END, compile } from '../form.ts';
import type { Around, Form } from '../form.ts';
import type { PartOfDay, TimeReading } from '../language.ts';
import { clock } from '../readings.ts';
import { FOLLOWS } from './german-dates.ts';
import { numberOf } from './german-words.ts';

const HOUR = '(?:[01]?\\d|2[0-3])';
const HOUR_WORD = '(?:eins|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|1[0-2]|[1-9])';
const TO = '\\s*(?:-|–|bis)\\s*';
const SCORED = /(?<![\p{L}])(?:verhältnis|maßstab|ergebnis|stand|kapitel|vers|format)\s+$/iu;

const saysAt = ({ lead }: Around): boolean => /(?:um|gegen|@)\s*$/i.test(lead);
/** "um 9" is a time unless it counts: "um 5 Euro". */
const MEASURE =
  /^\s+(?:%|€|prozent|euro|cent|punkte?|grad|meter|m|cm|km|kg|stunden?|minuten?|tage?|wochen?|monate?|jahre?|ecken?)(?![\p{L}])/iu;
const bareIsTime = (around: Around): boolean => saysAt(around) && !MEASURE.test(around.after);
const clockIsTime = ({ before, lead, after, joined }: Around): boolean =>
  !SCORED.test(before) &&
  (AT_END.test(after) || joined || lead !== '' || before.trim() === '' || FOLLOWS.test(after));
const isNamed = ({ lead, after, joined }: Around): boolean =>
  joined || lead !== '' || AT_END.test(after) || FOLLOWS.test(after);

function hourOf(word = ''): number {
  return numberOf(word.toLowerCase().replace('eins', 'ein'));
}

function partOfDay(hour: number, part = ''): number {
  if (/^(?:mor|früh|vor)/i.test(part) || hour > 11) return hour;
  return /^nachts/i.test(part) && hour < 6 ? hour : hour + 12;
}

const FORMS: readonly Form<TimeReading>[] = [
  {
    pattern: `(?<h>${HOUR})(?:[:.](?<m>[0-5]\\d))?\\s*uhr(?:\\s+(?<m2>[0-5]\\d))?`,
    read: ({ h, m, m2 }) => clock(Number(h), Number(m ?? m2 ?? 0), { exact: true }),
  },
  {
    pattern: `(?<h>${HOUR}):(?<m>[0-5]\\d)(?::[0-5]\\d)?`,
    read: ({ h, m }) => clock(Number(h), Number(m), { exact: true }),
    meant: clockIsTime,
  },
  {
    pattern: `(?<h>${HOUR})\\.(?<m>[0-5]\\d)`,
    read: ({ h, m }) => clock(Number(h), Number(m), { exact: true }),
    meant: bareIsTime,
  },
  {
    pattern: `(?<h>${HOUR})`,
    read: ({ h = '' }) => clock(Number(h), 0, { exact: h.length > 1 }),
    meant: bareIsTime,
  },
  {
    pattern: `halb\\s+(?<h>${HOUR_WORD})`,
    read: ({ h }) => clock((hourOf(h) + 23) % 24, 30, { exact: false }),
    meant: isNamed,
  },
  {
    pattern: `(?:viertel|(?<ten>fünf|zehn|zwanzig))\\s+(?<to>vor|nach)\\s+(?<h>${HOUR_WORD})`,
    read: ({ ten, to, h }) => {
      const minutes = ten ? numberOf(ten) : 15;
      return /^v/i.test(to ?? '')
        ? clock((hourOf(h) + 23) % 24, 60 - minutes, { exact: false })
        : clock(hourOf(h), minutes, { exact: false });
    },
    meant: isNamed,
  },
  {
    pattern: `(?<part>morgens|vormittags|nachmittags|abends|nachts)\\s+(?:um\\s+)?(?<h>${HOUR})(?:[:.](?<m>[0-5]\\d))?(?:\\s*uhr)?`,
    read: ({ part, h, m }) => clock(partOfDay(Number(h), part), Number(m ?? 0), { exact: true }),
  },
  { pattern: 'mittags?', read: () => clock(12, 0, { exact: true }), meant: isNoon },
  { pattern: 'mitternacht', read: () => clock(0, 0, { exact: true }), meant: isNamed },
  // ranges: the begin is the due, all words stay in the title
  {
    pattern: `(?:(?:von|zwischen)\\s+)?(?<h>${HOUR})(?:[:.](?<m>[0-5]\\d))?(?:\\s*uhr)?(?:${TO}|\\s+und\\s+)${HOUR}(?:[:.][0-5]\\d)?\\s*uhr`,
    read: ({ h, m }) => clock(Number(h), Number(m ?? 0), { exact: true, range: true }),
  },
  {
    pattern: `(?:(?:von|zwischen)\\s+)?(?<h>${HOUR}):(?<m>[0-5]\\d)${TO}${HOUR}:[0-5]\\d`,
    read: ({ h, m }) => clock(Number(h), Number(m), { exact: true, range: true }),
  },
  {
    pattern: `(?:von)\\s+(?<h>${HOUR})${TO}${HOUR}`,
    read: ({ h = '' }) => clock(Number(h), 0, { exact: h.length > 1, range: true }),
    meant: ({ joined, after }) => joined || AT_END.test(after),
  },
];

/** "mittags", "am Mittag": but "Mittag kochen" is a meal. */
function isNoon({ lead, words, after, joined }: Around): boolean {
  return (
    joined || lead !== '' || (/s$/i.test(words) && (AT_END.test(after) || FOLLOWS.test(after)))
  );
}

/** Every German form. */
export const GERMAN_TIMES = compile(FORMS);

/** Parts of the day and the times they stand for. */
export const GERMAN_PARTS: Readonly<Record<string, PartOfDay>> = {
  früh: { time: '09:00', half: 'am' },
  morgen: { time: '09:00', half: 'am' },
  vormittag: { time: '09:00', half: 'am' },
  mittag: { time: '12:00', half: 'pm' },
  nachmittag: { time: '15:00', half: 'pm' },
  abend: { time: '18:00', half: 'pm' },
  nacht: { time: '20:00', half: 'night' },
};
