// The words of what works without network, in the person's language; apart from the others, because they are loaded later.
import { textOf } from './catalogue';
import { offline as en } from './en-offline';

/** Every text of that part. */
export type OfflineText = typeof en;

/** The texts for a locale; English where the language is not there. */
export function offlineTextFor(locale: string): OfflineText {
  return textOf(locale, 'offline', en);
}
