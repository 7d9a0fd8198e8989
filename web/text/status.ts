// The words of the status page in the operator's language; apart from the others, so that only that page loads them.
import { textOf } from './catalogue';
import { status as en } from './en-status';

/** Every text of that page. */
export type StatusText = typeof en;

/** The texts for a locale; English where the language is not there. */
export function statusTextFor(locale: string): StatusText {
  return textOf(locale, 'status', en);
}
