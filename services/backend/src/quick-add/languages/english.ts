// English, put together.
import { sticky } from '../form.ts';
import type { Around } from '../form.ts';
import type { Language } from '../language.ts';
import { ENGLISH_DATES } from './english-dates.ts';
import { ENGLISH_DAYS, ENGLISH_RULES, daysIn } from './english-rules.ts';
import { ENGLISH_PARTS, ENGLISH_TIMES } from './english-times.ts';
import { MONTH, NTH, NUMBER, WEEKDAY, numberOf, unitOf } from './english-words.ts';

const END = '(?=$|[\\s,.;:!?)])';
const AMOUNT =
  '(?:\\d{1,4}\\s*|(?:half\\s+an|an?|one|two|three|four|five|six|seven|eight|nine|ten|fifteen|twenty|thirty)\\s+)';
const UNIT = '(?:minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w|months?)';
const THE_UNIT = 'the\\s+(?:day|week|month|hour)';
/** A blank between a number and its unit; a number in digits needs none. */
const GAP = '(?:\\s+|(?<=\\d))';
const HOURS = `(?:\\d{1,4}[.,]\\d{1,2}|half\\s+an|${NUMBER})`;
const CLOCK_UNIT = '(?:hours?|hrs?|h|minutes?|mins?|m)';
const PIECE = `(?:${AMOUNT}${UNIT}|${THE_UNIT})`;
const LIST = `${PIECE}(?:\\s*(?:,\\s*and|,|and|&)\\s*${PIECE})*`;

/** Days with a name of their own. */
const NAMED_DAY =
  /\b(?:black|good|cyber|ash|palm|easter|super|taco|bloody|whit|shrove|casual|giving|maundy|boxing|ruby|throwback|freaky|fat|manic|blue|bowl|small\s+business|holy|pancake|plough|magic)\s+$/i;
/** "Friday Night Lights": a day with a capital, inside a text, and another capital behind it. */
const CAPITAL_BEHIND = /^\s+\p{Lu}/u;

function isName({ before, lead, words, after, joined }: Around): boolean {
  if (NAMED_DAY.test(before + lead)) return true;
  if (joined || lead !== '' || !/^\p{Lu}\p{Ll}+day\b/u.test(words)) return false;
  // at the begin a capital is no sign, unless a part of the day has one too
  const inside = before.trim() !== '' || /\s\p{Lu}\p{Ll}+$/u.test(words);
  return inside && CAPITAL_BEHIND.test(after);
}

/** English, for en-GB and en-US alike; the order of numbers is the locale's. */
export const english: Language = {
  name: 'en',
  dates: ENGLISH_DATES,
  times: ENGLISH_TIMES,
  parts: ENGLISH_PARTS,
  partKey: (word) => word.toLowerCase(),
  partAfter: sticky(
    `(?:\\s+(?:in\\s+the\\s+|at\\s+(?=night))?)(?<part>morning|afternoon|evening|night|tonight)${END}`,
  ),
  lead: sticky(
    '(?:due\\s+(?:on\\s+|by\\s+|at\\s+|in\\s+)?|by\\s+|on\\s+|at\\s+|@\\s*|until\\s+|till\\s+|before\\s+|for\\s+|from\\s+|over\\s+|around\\s+|about\\s+(?=\\d)|(?:starting|beginning)\\s+(?:on\\s+|from\\s+|at\\s+|in\\s+)?)',
  ),
  dateThenTime: sticky('(?:\\s*,)?(?:\\s+(?:at\\s+|around\\s+|from\\s+|by\\s+|@\\s*)?|\\s*@\\s*)'),
  timeThenDate: sticky('(?:\\s*,)?\\s+(?:on\\s+)?'),
  rangeTo: sticky('(?:\\s*[-–]\\s*|\\s+(?:to|until|till|through|thru)\\s+)'),
  listAnd: sticky('\\s*(?:,\\s*and\\s+|\\sand\\s+|\\sor\\s+|,\\s*or\\s+|[&/,]\\s*)'),
  refusedBefore:
    /\b(?:after|since|about|of|with|like|than|not|except|between|versus|vs\.?|without|every|each|early|late|sometime|mid|middle\s+of|(?:start|beginning|end)\s+of|first|second|third|fourth|fifth|\d{1,2}(?:st|nd|rd|th))\s+(?:the\s+)?$/i,
  refusedAfter: /^(?:\s+(?:after\s+next|or\s+so)(?![\p{L}\p{N}])|\s*(?:-ish|ish)\b)/iu,
  isName,
  fromNow: sticky(
    `(?:in\\s+(?<n>${HOURS})${GAP}(?<unit>${CLOCK_UNIT})(?:\\s*(?:,|and)?\\s*(?<n2>${HOURS})${GAP}(?<unit2>minutes?|mins?|m))?|(?<n>${HOURS})${GAP}(?<unit>hours?|hrs?|minutes?|mins?)\\s+from\\s+now)${END}`,
  ),
  rules: ENGLISH_RULES,
  except: sticky(
    `\\s*,?\\s*(?:except|excluding|but\\s+not|but|other\\s+than|apart\\s+from)\\s+(?:for\\s+)?(?:on\\s+)?(?<list>${ENGLISH_DAYS})${END}`,
  ),
  exceptWord: sticky(
    '\\s*,?\\s*\\(?(?:except|excluding|unless|but\\s+not|other\\s+than|apart\\s+from|besides|skipping|if|when|while)(?![\\p{L}])',
  ),
  daysIn,
  completion: sticky(
    `(?:\\s+after\\s+(?:completion|completing(?:\\s+it)?|i\\s+(?:complete|finish|do)\\s+it|it\\s+is\\s+done|done)|\\s+(?:from|after)\\s+completion|\\s+when\\s+done)${END}`,
  ),
  ruleGoesOn: new RegExp(
    `^(?:\\s*(?:,\\s*)?(?:and|or|&|/|to|through)\\s*|\\s*[-–]\\s*|\\s*,\\s*)(?:on\\s+)?(?:the\\s+)?(?:every\\b|each\\b|${WEEKDAY}s?(?=[\\s,.;]|$)|${NTH}(?=[\\s,.;]|$)|${MONTH}\\s+\\d|last\\s|weekends?\\b|weekdays?\\b|morning\\b|afternoon\\b|evening\\b|night\\b)`,
    'iu',
  ),
  untilWord: sticky('(?:until|till|til|through|thru|ending(?:\\s+on)?)\\s+'),
  startWord: sticky(
    '(?:starting|beginning|from|as\\s+of)\\s+(?:on\\s+|from\\s+)?(?!\\d{1,2}(?::|\\s*[ap]m|\\s*(?:-|to)\\s))',
  ),
  count: sticky(
    `(?:for\\s+)?(?<n>\\d{1,4}|two|three|four|five|six|seven|eight|nine|ten|twelve)\\s+times${END}(?!\\s+(?:a|per|every|each)\\s)`,
  ),
  duration: sticky(
    `for\\s+(?:the\\s+next\\s+)?(?<n>${NUMBER})\\s+(?<unit>days?|weeks?|fortnights?|months?|years?)${END}`,
  ),
  unit: unitOf,
  number: numberOf,
  shortRepetition:
    /(?<=^|\s)(?:every|each)\s+(?:\S+\s+)?(?:hours?|minutes?|mins?|seconds?)(?=\W|$)|(?<=^|\s)hourly\s*$/i,
  remindMe: sticky(
    `(?:and\\s+)?remind\\s+me(?:\\s+(?:then|on\\s+time|when\\s+(?:it['’]s|it\\s+is)\\s+due))?(?:\\s+(?<to>to|that|about|of))?${END}`,
  ),
  before: sticky(
    `(?:(?:and\\s+|with\\s+a\\s+)?(?:remind(?:\\s+me)?|reminders?|alert(?:\\s+me)?|notify(?:\\s+me)?)(?:\\s+me)?:?\\s+)(?<list>${LIST})(?:\\s+(?:before(?:hand)?|earlier|early|in\\s+advance|ahead|prior))(?:\\s+(?:and|,)\\s+(?<list2>${LIST})\\s+(?:before|earlier))?${END}`,
  ),
  beforeWord: /^[^,.;]{1,40}?\s(?:before(?:hand)?|earlier|in\s+advance|prior|ahead)[\s.!]*$/i,
  beforePiece: new RegExp(
    `(?<![\\p{L}\\d])(?:(?<n>\\d{1,4})\\s*|(?<n>half\\s+an|an?|one|two|three|four|five|six|seven|eight|nine|ten|fifteen|twenty|thirty)\\s+|the\\s+)(?<unit>${UNIT})(?![\\p{L}])`,
    'giu',
  ),
  beforeUnit: (word) => {
    const text = word.toLowerCase();
    if (text.startsWith('mo')) return 'MONTH';
    if (text.startsWith('m')) return 'M';
    if (text.startsWith('h')) return 'H';
    return text.startsWith('d') ? 'D' : 'W';
  },
  reminderJoin: /^\s*(?:again|on|at|by)?\s*$/i,
  to: sticky('\\s*(?:to|that)(?=\\s+\\S)'),
  notIn: (text) => /\d\s+am\s+\p{Lu}/u.test(text),
};
