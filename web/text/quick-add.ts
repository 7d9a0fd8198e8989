// The words around the line of quick add, in the person's language; apart from the others, because they are loaded later.
import { textOf } from './catalogue';
import { quickAdd as en } from './en-quick-add';

/** Every text of that part. */
export type QuickAddText = typeof en;

/** The texts for a locale; English where the language is not there. */
export function quickAddTextFor(locale: string): QuickAddText {
  return textOf(locale, 'quickAdd', en);
}
