// The words of long lists, in the person's language; apart from the others, because they are loaded later.
import { longList as en } from './en-long-list';

/** Every text of that part. */
type LongListText = typeof en;

const languages: Record<string, LongListText> = { en };

/** The texts for a locale; English where the language is not there yet. */
export function longListTextFor(locale: string): LongListText {
  return languages[locale.split('-')[0] ?? 'en'] ?? en;
}
