// What is done with rows, in the person's language; apart from the others, because it is loaded later.
import { textOf } from './catalogue';
import { rows as en } from './en-rows';

/** Every text of that part. */
export type RowsText = typeof en;

/** The texts for a locale; English where the language is not there. */
export function rowsTextFor(locale: string): RowsText {
  return textOf(locale, 'rows', en);
}
