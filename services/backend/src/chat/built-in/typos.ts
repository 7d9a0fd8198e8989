// Slips of the fingers in the words of a command ("delte", "firday"). Only tried on a sentence that fits nothing as it is, and
// only on words that are none of the command words themselves.

const WORDS = new Set(
  `add remind remember show list find search what which when where many count complete finish finished done mark undo delete
  remove reopen restore rename move postpone reschedule tasks task overdue today tomorrow yesterday week month weekend monday tuesday
  wednesday thursday friday saturday sunday without with date priority urgent high repeat tagged`.split(
    /\s+/,
  ),
);
/** Words that are right as they are, though near to one of the above. */
const RIGHT = new Set(
  'and late gate rate hate how now new few last lost past mart bark dark park dune tone lone bone gone work word fast least cash make made more most mild mile wind mind kind band hand land sand when then than that white while shoe shop slow snow'.split(
    ' ',
  ),
);
/** Letters of a word that is corrected; the first word of a sentence may be shorter by one. */
const MIN_LETTERS = 5;

/** The sentence with its slips corrected; undefined when there is none. */
export function withoutTypos(text: string): string | undefined {
  const words = text.split(/(\s+)/).map((word, index) => {
    const [, start = '', end = ''] = /^(\p{L}+)(.*)$/u.exec(word) ?? [];
    const letters = start.toLowerCase();
    if (
      letters.length < (index === 0 ? MIN_LETTERS - 2 : MIN_LETTERS - 1) ||
      WORDS.has(letters) ||
      RIGHT.has(letters)
    )
      return word;
    const [only, other] = [...WORDS].filter((known) => isNear(letters, known));
    if (only === undefined || other !== undefined) return word;
    return `${only}${end}`;
  });
  const corrected = words.join('');
  return corrected === text ? undefined : corrected;
}

/** One letter more, less, other, or two swapped. */
export function isNear(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1 || a === b) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  if (left.length <= 1 && right.length <= 1) return true;
  return left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0];
}
