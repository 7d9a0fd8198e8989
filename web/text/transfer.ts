// The words of “Import and export” in the person's language; apart from the others, so that only its page loads them.
import { textOf } from './catalogue';
import { transfer as en } from './en-transfer';

/** Every text of that page. */
export type TransferText = typeof en;

/** The texts for a locale; English where the language is not there. */
export function transferTextFor(locale: string): TransferText {
  return textOf(locale, 'transfer', en);
}
