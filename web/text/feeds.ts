// The words of calendar feeds in the person's language; apart from the others, so that only their page loads them.
import { feeds as en } from './en-feeds';

/** Every text of that part. */
export type FeedText = typeof en;

const languages: Record<string, FeedText> = { en };

/** The texts for a locale; English where the language is not there yet. */
export function feedTextFor(locale: string): FeedText {
  return languages[locale.split('-')[0] ?? 'en'] ?? en;
}
