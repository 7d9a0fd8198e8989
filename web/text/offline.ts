// The words of what works without network, in the person's language; apart from the others, because they are loaded later.
import { offline as en } from './en-offline';

/** Every text of that part. */
export type OfflineText = typeof en;

const languages: Record<string, OfflineText> = { en };

/** The texts for a locale; English where the language is not there yet. */
export function offlineTextFor(locale: string): OfflineText {
  return languages[locale.split('-')[0] ?? 'en'] ?? en;
}
