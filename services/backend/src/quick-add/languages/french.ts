// French, put together.
import { sticky } from '../form.ts';
import type { Language } from '../language.ts';
import { FRENCH_DATES } from './french-dates.ts';
import { FRENCH_DAYS, FRENCH_RULES, daysIn } from './french-rules.ts';
import { FRENCH_PARTS, FRENCH_TIMES } from './french-times.ts';
import { DAY, MONTH, NUMBER, PART, WEEKDAY, numberOf, partKey, unitOf } from './french-words.ts';

const END = '(?=$|[\\s,.;:!?)])';
const UNIT = '(?:minutes?|min|heures?|h|jours?|j|semaines?|mois)';
/** A blank between a number and its unit; a number in digits needs none. */
const GAP = '(?:\\s+|(?<=\\d))';
const PIECE = `(?:(?:une\\s+demi-|${NUMBER}${GAP})${UNIT}|la\\s+veille)`;
const LIST = `${PIECE}(?:\\s*(?:,|et|&)\\s*${PIECE})*`;
const HOURS = `(?:\\d{1,4}[.,]\\d{1,2}|${NUMBER})`;
const BEFORE = "(?:avant|à\\s+l['’]avance|plus\\s+tôt)";
const NAMED_DAY = /(?<![\p{L}])(?:black|casual)\s+$/iu;
const ANY_TIME = new RegExp(
  `(?<![\\p{L}])(?:${WEEKDAY}|${MONTH}|demain|aujourd|chaque|tous|toutes|dans|prochain)`,
  'iu',
);

/** French, for France, Belgium, Switzerland and Canada alike. */
export const french: Language = {
  name: 'fr',
  dates: FRENCH_DATES,
  times: FRENCH_TIMES,
  parts: FRENCH_PARTS,
  partKey,
  partAfter: sticky(`\\s+(?:du\\s+|le\\s+|de\\s+l['’]|dans\\s+la\\s+)?(?<part>${PART})${END}`),
  lead: sticky(
    "(?:pour\\s+|avant\\s+|dès\\s+|à\\s+partir\\s+(?:du\\s+|de\\s+)|d'ici\\s+(?=le\\s|lun|mar|mer|jeu|ven|sam|dim)|à\\s+|vers\\s+|@\\s*)",
  ),
  dateThenTime: sticky('(?:\\s*,)?(?:\\s+(?:à\\s+|vers\\s+|dès\\s+|@\\s*)?|\\s*@\\s*)'),
  timeThenDate: sticky('(?:\\s*,)?\\s+'),
  rangeTo: sticky('(?:\\s*[-–]\\s*|\\s+(?:au|à)\\s+)'),
  listAnd: sticky('\\s*(?:\\set\\s+|\\sou\\s+|[&/,]\\s*)'),
  refusedBefore:
    /(?<![\p{L}])(?:après|depuis|sur|avec|comme|pas|sauf|entre|sans|chaque|du|de|début|mi|milieu|premier|deuxième|troisième|quatrième)\s+(?:le\s+)?$/iu,
  refusedAfter: /^\s+(?:ou\s+(?:presque|environ))(?![\p{L}\p{N}])/iu,
  isName: ({ before, lead }) => NAMED_DAY.test(before + lead),
  fromNow: sticky(
    `dans\\s+(?:(?<n>une\\s+demi)-heure|(?<n>${HOURS})${GAP}(?<unit>heures?|h|minutes?|min)(?:\\s*(?:et\\s*)?(?<n2>${HOURS})${GAP}(?<unit2>minutes?|min))?)${END}`,
  ),
  rules: FRENCH_RULES,
  except: sticky(
    `\\s*,?\\s*(?:sauf|excepté|mais\\s+pas)\\s+(?:le\\s+|les\\s+)?(?<list>${FRENCH_DAYS})${END}`,
  ),
  exceptWord: sticky(
    '\\s*,?\\s*\\(?(?:sauf|excepté|hormis|mais\\s+pas|si|quand|tant\\s+que)(?![\\p{L}])',
  ),
  daysIn,
  completion: sticky(
    `\\s+(?:après\\s+(?:achèvement|l['’]avoir\\s+fait)|une\\s+fois\\s+fait)${END}`,
  ),
  ruleGoesOn: new RegExp(
    `^(?:\\s*(?:,\\s*)?(?:et|ou|&|/)\\s*|\\s*,\\s*)(?:le\\s+|les\\s+)?(?:chaque(?![\\p{L}])|tous\\s|${WEEKDAY}s?(?=[\\s,.;]|$)|${DAY}(?=\\s*(?:$|[,;]))|${DAY}\\s+${MONTH}|dernier\\s|${PART}(?![\\p{L}]))`,
    'iu',
  ),
  untilWord: sticky("jusqu['’](?:au\\s+|à\\s+(?:la\\s+)?|en\\s+)"),
  startWord: sticky(
    "(?:à\\s+partir\\s+(?:du|de|d['’])|dès|à\\s+compter\\s+du)\\s*(?:le\\s+)?(?!\\d{1,2}\\s*(?:h|:))",
  ),
  count: sticky(
    `(?:pendant\\s+)?(?<n>\\d{1,4}|deux|trois|quatre|cinq|six|dix)\\s+fois${END}(?!\\s+par\\s)`,
  ),
  duration: sticky(
    `(?:pendant|pour|durant)\\s+(?:les\\s+)?(?<n>${NUMBER})\\s+(?<unit>jours?|semaines?|mois|ans?|années?)${END}`,
  ),
  unit: unitOf,
  number: (word) => numberOf(word.replace(/\s+/g, ' ')),
  shortRepetition:
    /(?<=^|\s)(?:toutes\s+les|chaque)\s+(?:\S+\s+)?(?:heures?|minutes?|secondes?)(?=[^\p{L}]|$)/iu,
  remindMe: sticky(`(?:et\\s+)?rappelle[sz]?[\\s-]moi(?:\\s+(?<to>de|que))?${END}`),
  before: sticky(
    `(?:(?:et\\s+|avec\\s+)?(?:rappelle[sz]?[\\s-]moi|(?:un\\s+)?rappel)\\s+)(?<list>${LIST})(?:\\s+${BEFORE}|(?<=veille))(?:\\s+et\\s+(?<list2>${LIST})\\s+${BEFORE})?${END}`,
  ),
  beforeWord: new RegExp(`^[^,.;]{1,40}?\\s${BEFORE}[\\s.!]*$`, 'i'),
  beforePiece: new RegExp(
    `(?<![\\p{L}\\d])(?:(?<n>une\\s+demi)-|(?<n>${NUMBER})${GAP}|la\\s+)(?<unit>${UNIT}|veille)(?![\\p{L}])`,
    'giu',
  ),
  beforeUnit: (word) => {
    const text = word.toLowerCase();
    if (text.startsWith('mo')) return 'MONTH';
    if (text.startsWith('m')) return 'M';
    if (text.startsWith('h')) return 'H';
    return /^[jv]/.test(text) ? 'D' : 'W';
  },
  reminderJoin: /^\s*$/,
  to: sticky('\\s*(?:de|que)(?=\\s+\\S)'),
  notIn: (text) => !ANY_TIME.test(text),
};
