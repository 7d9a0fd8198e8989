// German, put together.
import { sticky } from '../form.ts';
import type { Language } from '../language.ts';
import { GERMAN_DATES } from './german-dates.ts';
import { GERMAN_DAYS, GERMAN_RULES, daysIn } from './german-rules.ts';
import { GERMAN_PARTS, GERMAN_TIMES } from './german-times.ts';
import { MONTH, NTH, NUMBER, PART, WEEKDAY, numberOf, partKey, unitOf } from './german-words.ts';

const END = '(?=$|[\\s,.;:!?)])';
const UNIT = '(?:minuten?|min\\.?|stunden?|std\\.?|h|tage?n?|wochen?|monate?n?)';
/** A blank between a number and its unit; a number in digits needs none. */
const GAP = '(?:\\s+|(?<=\\d))';
const AMOUNT = `(?:(?:\\d{1,4}|eine\\s+halbe|einer\\s+halben|anderthalb|eineinhalb|${NUMBER})${GAP})`;
const PIECE = `(?:${AMOUNT}${UNIT}|(?:am\\s+)?tag)`;
const LIST = `${PIECE}(?:\\s*(?:,\\s*und|,|und|&)\\s*${PIECE})*`;
const HOURS = `(?:\\d{1,4}[.,]\\d{1,2}|einer\\s+halben|anderthalb|eineinhalb|${NUMBER})`;
const CLOCK_UNIT = '(?:stunden?|std\\.?|h|minuten?|min\\.?|m)';
const BEFORE = '(?:vorher|davor|zuvor|im\\s+voraus|früher)';

/** Days with a name of their own. */
const NAMED_DAY = /(?<![\p{L}])(?:black|casual|kar|guten|schöner|fetter|weißer|blauer)\s+$/iu;

/** German, for Germany, Austria and Switzerland alike. */
export const german: Language = {
  name: 'de',
  dates: GERMAN_DATES,
  times: GERMAN_TIMES,
  parts: GERMAN_PARTS,
  partKey,
  partAfter: sticky(`\\s+(?:in\\s+der\\s+|am\\s+)?(?<part>${PART})${END}`),
  lead: sticky(
    '(?:fällig\\s+(?:am\\s+|bis\\s+(?:zum\\s+)?|um\\s+)?|am\\s+|zum\\s+|bis\\s+(?:zum\\s+|um\\s+|spätestens\\s+)?|spätestens\\s+(?:am\\s+|bis\\s+)?|ab\\s+|für\\s+(?:den\\s+)?|um\\s+|gegen\\s+|@\\s*)',
  ),
  dateThenTime: sticky('(?:\\s*,)?(?:\\s+(?:um\\s+|gegen\\s+|ab\\s+|@\\s*)?|\\s*@\\s*)'),
  timeThenDate: sticky('(?:\\s*,)?\\s+(?:am\\s+)?'),
  rangeTo: sticky('(?:\\s*[-–]\\s*|\\s+bis\\s+(?:zum\\s+)?)'),
  listAnd: sticky('\\s*(?:,\\s*und\\s+|\\sund\\s+|\\soder\\s+|,\\s*oder\\s+|[&/,]\\s*)'),
  refusedBefore:
    /(?<![\p{L}])(?:nach|seit|über|von|vom|mit|wie|als|nicht|außer|ausser|zwischen|ohne|jede[nrsm]?|früh|spät|irgendwann|anfang|mitte|ende|erste[nrsm]?|zweite[nrsm]?|dritte[nrsm]?|vierte[nrsm]?)\s+(?:(?:dem|der|den|am)\s+)?$/iu,
  refusedAfter: /^\s+(?:oder\s+so)(?![\p{L}\p{N}])/iu,
  isName: ({ before, lead }) => NAMED_DAY.test(before + lead),
  fromNow: sticky(
    `in\\s+(?<n>${HOURS})${GAP}(?<unit>${CLOCK_UNIT})(?:\\s*(?:,|und)?\\s*(?<n2>${HOURS})${GAP}(?<unit2>minuten?|min\\.?|m))?${END}`,
  ),
  rules: GERMAN_RULES,
  except: sticky(
    `\\s*,?\\s*(?:außer|ausser|aber\\s+nicht|ohne)\\s+(?:am\\s+|an\\s+)?(?<list>${GERMAN_DAYS})${END}`,
  ),
  exceptWord: sticky(
    '\\s*,?\\s*\\(?(?:außer|ausser|aber\\s+nicht|ohne|wenn|solange|sofern|falls)(?![\\p{L}])',
  ),
  daysIn,
  completion: sticky(
    `\\s+(?:nach\\s+(?:erledigung|abschluss|fertigstellung)|wenn\\s+(?:es\\s+)?erledigt)${END}`,
  ),
  ruleGoesOn: new RegExp(
    `^(?:\\s*(?:,\\s*)?(?:und|oder|&|/)\\s*|\\s*[-–]\\s*|\\s*,\\s*)(?:am\\s+)?(?:jede[nrsm]?(?![\\p{L}])|${WEEKDAY}s?(?=[\\s,.;]|$)|${NTH}(?=[\\s,;]|$)|letzten\\s|wochenenden?(?![\\p{L}])|${PART}(?![\\p{L}]))`,
    'iu',
  ),
  untilWord: sticky('bis\\s+(?:zum\\s+|am\\s+|einschließlich\\s+)?'),
  startWord: sticky(
    '(?:ab|beginnend|von)\\s+(?:dem\\s+|am\\s+|mit\\s+)?(?!\\d{1,2}(?::|\\s*uhr|\\s*(?:-|bis)\\s))',
  ),
  count: sticky(
    `(?<n>\\d{1,4}|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn)[\\s-]?mal${END}(?!\\s+(?:am|pro|in\\s+der|im|die)\\s)`,
  ),
  duration: sticky(
    `(?:für\\s+(?:die\\s+nächsten\\s+)?(?<n>${NUMBER})\\s+(?<unit>tage?n?|wochen?|monate?n?|jahre?n?)|(?<n>${NUMBER})\\s+(?<unit>tage?|wochen?|monate?|jahre?)\\s+lang)${END}`,
  ),
  unit: unitOf,
  number: numberOf,
  shortRepetition:
    /(?<=^|\s)(?:jede[nrs]?|alle)\s+(?:\S+\s+)?(?:stunden?|minuten?|sekunden?)(?=[^\p{L}]|$)|(?<=^|\s)stündlich\s*$/iu,
  remindMe: sticky(
    `(?:und\\s+)?erinnere?\\s+mich(?:\\s+bitte)?(?:\\s+(?<to>an|daran|dass))?(?:,\\s+dass)?${END}`,
  ),
  before: sticky(
    `(?:(?:und\\s+|mit\\s+)?(?:erinnere?(?:\\s+mich)?|erinnerung(?:en)?):?\\s+)(?<list>${LIST})\\s+${BEFORE}(?:\\s+und\\s+(?<list2>${LIST})\\s+${BEFORE})?${END}`,
  ),
  beforeWord: new RegExp(`^[^,.;]{1,40}?\\s${BEFORE}[\\s.!]*$`, 'i'),
  beforePiece: new RegExp(
    `(?<![\\p{L}\\d])(?:(?<n>\\d{1,4}|eine\\s+halbe|einer\\s+halben|anderthalb|eineinhalb|${NUMBER})${GAP}|am\\s+)(?<unit>${UNIT})(?![\\p{L}])`,
    'giu',
  ),
  beforeUnit: (word) => {
    const text = word.toLowerCase();
    if (text.startsWith('mo')) return 'MONTH';
    if (text.startsWith('m')) return 'M';
    if (text.startsWith('s') || text === 'h') return 'H';
    return text.startsWith('t') ? 'D' : 'W';
  },
  reminderJoin: /^\s*(?:am|um|bis)?\s*$/i,
  to: sticky('\\s*(?:an|daran,?|dass)(?=\\s+\\S)'),
  notIn: (text) =>
    !new RegExp(`(?<![\\p{L}])(?:${WEEKDAY}|${MONTH}|heute|morgen|jede|alle)`, 'iu').test(text),
};
