// The name of a list, as a file of any format gives it.
import { MAX_NAME, shortened } from '@todo/contracts/text';

/** A name that a list can have: so many code points at most. */
export function listName(text: string): string {
  return shortened(text.replaceAll('\0', '').toWellFormed().trim(), MAX_NAME);
}
