// German dates as people type them in a program whose language is German, in the words that quick add reads.

const WORDS: readonly (readonly [string, string])[] = [
  ['täglich', 'every day'],
  ['wöchentlich', 'every week'],
  ['monatlich', 'every month'],
  ['jährlich', 'every year'],
  ['werktags|jede[nr]? (?:werktag|arbeitstag|wochentag)', 'every weekday'],
  ['jede[nrms]? zweite[nrms]?', 'every other'],
  ['jede[nrms]?|alle', 'every'],
  ['heute', 'today'],
  ['übermorgen', 'in 2 days'],
  ['morgen', 'tomorrow'],
  ['nächste[nrms]?', 'next'],
  ['tag|tage|tagen', 'day'],
  ['woche|wochen', 'week'],
  ['monat|monate|monaten', 'month'],
  ['jahr|jahre|jahren', 'year'],
  ['montags?|mo', 'monday'],
  ['dienstags?|di', 'tuesday'],
  ['mittwochs?|mi', 'wednesday'],
  ['donnerstags?|do', 'thursday'],
  ['freitags?|fr', 'friday'],
  ['samstags?|sonnabends?|sa', 'saturday'],
  ['sonntags?|so', 'sunday'],
  ['und', 'and'],
  ['um', 'at'],
];
/** Letters with dots are letters too, which \b does not know. */
const RULES = WORDS.map(
  ([german, english]) =>
    [new RegExp(`(?<![\\p{L}\\d])(?:${german})(?![\\p{L}\\d])`, 'gu'), english] as const,
);

/** The same in English; words it does not know stay. */
export function englishOf(phrase: string): string {
  let text = phrase.toLowerCase().normalize('NFC');
  for (const [german, english] of RULES) text = text.replace(german, english);
  return text
    .replace(/(?:at )?(?<!\d)(\d{1,2}):(\d\d)(?: uhr)?/g, 'at $1:$2')
    .replace(/(?:at )?(?<!\d)(\d{1,2}) uhr/g, 'at $1:00')
    .replace(/every (\d+) (day|week|month|year)(?!s)/g, 'every $1 $2s')
    .replace(/in (\d+) (day|week|month|year)(?!s)/g, 'in $1 $2s');
}
