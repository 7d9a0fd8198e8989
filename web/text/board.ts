// The words of the board, in the person's language; apart from the others, because they are loaded later.
import { board as en } from './en-board';

/** Every text of that part. */
export type BoardText = typeof en;

const languages: Record<string, BoardText> = { en };

/** The texts for a locale; English where the language is not there yet. */
export function boardTextFor(locale: string): BoardText {
  return languages[locale.split('-')[0] ?? 'en'] ?? en;
}
