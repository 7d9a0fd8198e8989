// The words of the command palette and of the shortcuts, in the person's language; apart from the others, because they are
// loaded later.
import { textOf } from './catalogue';
import { keyboard as en } from './en-keyboard';

/** Every text of that part. */
export type KeyboardText = typeof en;

/** The texts for a locale; English where the language is not there. */
export function keyboardTextFor(locale: string): KeyboardText {
  return textOf(locale, 'keyboard', en);
}
