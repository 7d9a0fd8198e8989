// The words of what helps with typing a line, in the person's language; apart from the others, because they are loaded later.
import { textOf } from './catalogue';
import { quickAddHelp as en } from './en-quick-add-help';

/** The texts for a locale; English where the language is not there. */
export function quickAddHelpFor(locale: string): typeof en {
  return textOf(locale, 'quickAddHelp', en);
}
