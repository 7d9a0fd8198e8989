// A field's limit, in code points. The `maxlength` of HTML counts UTF-16 units, so a title of 300 emoji would stop halfway
// to the limit that the API has.
import { lengthOf, shortened } from '@todo/contracts/text';

/**
 * The text after an input. Where it would be too long, what was put in is cut, as `maxlength` does, not the end of the text.
 * @param before the field's text until now
 * @param after its text after the input
 * @param max longest text, in code points
 */
export function limitedText(before: string, after: string, max: number): string {
  if (lengthOf(after) <= max) return after;
  const old = Array.from(before);
  const now = Array.from(after);
  const shorter = Math.min(old.length, now.length);
  let head = 0;
  while (head < shorter && old[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && old.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
  const put = now.slice(head, now.length - tail).slice(0, Math.max(0, max - head - tail));
  return shortened([...now.slice(0, head), ...put, ...now.slice(now.length - tail)].join(''), max);
}
