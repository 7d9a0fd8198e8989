// The words for one occurrence in the person's language; apart from the others, so that only what needs them loads them.
import { textOf } from './catalogue';
import { occurrence as en } from './en-occurrence';

/** Every text of that part. */
export type OccurrenceText = typeof en;

/** The texts for a locale; English where the language is not there. */
export function occurrenceTextFor(locale: string): OccurrenceText {
  return textOf(locale, 'occurrence', en);
}
