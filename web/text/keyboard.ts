// The words of the command palette and of the shortcuts, in the person's language; apart from the others, because they are
// loaded later.
import { keyboard as en } from './en-keyboard';

/** Every text of that part. */
export type KeyboardText = typeof en;

const languages: Record<string, KeyboardText> = { en };

/** The texts for a locale; English where the language is not there yet. */
export function keyboardTextFor(locale: string): KeyboardText {
  return languages[locale.split('-')[0] ?? 'en'] ?? en;
}
