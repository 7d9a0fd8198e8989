// How French names a time of day, on the clock of 24 hours; "à 5" alone is the afternoon.
import { AT_END, compile } from '../form.ts';
import type { Around, Form } from '../form.ts';
import type { PartOfDay, TimeReading } from '../language.ts';
import { clock } from '../readings.ts';
import { FOLLOWS } from './french-dates.ts';

const HOUR = '(?:[01]?\\d|2[0-3])';
const MINUTE = '[0-5]\\d';
const TO = '\\s*(?:-|–|à)\\s*';
const MEASURE =
  /^\s+(?:%|€|euros?|degrés?|km|m|cm|kg|g|l|points?|personnes?|minutes?|heures?|jours?|mois|ans?)(?![\p{L}])/iu;

const saysAt = ({ lead }: Around): boolean => /(?:à|vers|@)\s*$/i.test(lead);
const isTime = ({ lead, after, joined, first }: Around): boolean =>
  joined || lead !== '' || first || AT_END.test(after) || FOLLOWS.test(after);
const bareIsTime = (around: Around): boolean =>
  saysAt(around) &&
  (FOLLOWS.test(around.after) ||
    ((around.first || around.joined) &&
      !MEASURE.test(around.after) &&
      /^\s+\p{Ll}/u.test(around.after)));

const FORMS: readonly Form<TimeReading>[] = [
  {
    pattern: `(?<h>${HOUR})\\s?(?:h|heures?)(?:\\s?(?<m>${MINUTE}))?`,
    read: ({ h, m }) => clock(Number(h), Number(m ?? 0), { exact: true }),
    meant: ({ before, lead, after, joined }) =>
      joined || saysAt({ lead } as Around) || AT_END.test(after) || before.trim() === '',
  },
  {
    pattern: `(?<h>${HOUR}):(?<m>${MINUTE})(?::[0-5]\\d)?`,
    read: ({ h, m }) => clock(Number(h), Number(m), { exact: true }),
    meant: (around) => isTime(around) && !/(?:score|échelle|format|ratio)\s+$/i.test(around.before),
  },
  {
    pattern: `(?<h>${HOUR})`,
    read: ({ h = '' }) => clock(Number(h), 0, { exact: h.length > 1 }),
    meant: bareIsTime,
  },
  { pattern: 'midi', read: () => clock(12, 0, { exact: true }), meant: isNamed },
  { pattern: 'minuit', read: () => clock(0, 0, { exact: true }), meant: isNamed },
  {
    pattern: `(?:(?:de|entre)\\s+)?(?<h>${HOUR})\\s?h(?<m>${MINUTE})?(?:${TO}|\\s+et\\s+)${HOUR}\\s?h(?:${MINUTE})?`,
    read: ({ h, m }) => clock(Number(h), Number(m ?? 0), { exact: true, range: true }),
  },
];

function isNamed({ lead, joined }: Around): boolean {
  return joined || /à\s+$/i.test(lead);
}

/** Every French form. */
export const FRENCH_TIMES = compile(FORMS);

/** Parts of the day and the times they stand for. */
export const FRENCH_PARTS: Readonly<Record<string, PartOfDay>> = {
  matin: { time: '09:00', half: 'am' },
  'après-midi': { time: '15:00', half: 'pm' },
  soir: { time: '18:00', half: 'pm' },
  'ce soir': { time: '20:00', half: 'pm' },
  nuit: { time: '20:00', half: 'night' },
};
