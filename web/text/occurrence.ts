// The words for one occurrence in the person's language; apart from the others, so that only what needs them loads them.
import { occurrence as en } from './en-occurrence';

/** Every text of that part. */
export type OccurrenceText = typeof en;

const languages: Record<string, OccurrenceText> = { en };

/** The texts for a locale; English where the language is not there yet. */
export function occurrenceTextFor(locale: string): OccurrenceText {
  return languages[locale.split('-')[0] ?? 'en'] ?? en;
}
