// The words of saved filters in the person's language; apart from the others, so that only their pages load them.
import { textOf } from './catalogue';
import { filters as en } from './en-filters';

/** Every text of that part. */
export type FilterText = typeof en;

/** The texts for a locale; English where the language is not there. */
export function filterTextFor(locale: string): FilterText {
  return textOf(locale, 'filters', en);
}
