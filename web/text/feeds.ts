// The words of calendar feeds in the person's language; apart from the others, so that only their page loads them.
import { textOf } from './catalogue';
import { feeds as en } from './en-feeds';

/** Every text of that part. */
export type FeedText = typeof en;

/** The texts for a locale; English where the language is not there. */
export function feedTextFor(locale: string): FeedText {
  return textOf(locale, 'feeds', en);
}
