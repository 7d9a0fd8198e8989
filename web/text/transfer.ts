// The words of “Import and export” in the person's language; apart from the others, so that only its page loads them.
import { transfer as en } from './en-transfer';

/** Every text of that page. */
export type TransferText = typeof en;

const languages: Record<string, TransferText> = { en };

/** The texts for a locale; English where the language is not there yet. */
export function transferTextFor(locale: string): TransferText {
  return languages[locale.split('-')[0] ?? 'en'] ?? en;
}
