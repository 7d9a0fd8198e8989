// The words of the tour in the reader's language.
import { textOf } from './catalogue';
import { tour as en } from './en-tour';

/** The texts for a locale; English where the language is not there. */
export function tourTextFor(locale: string): typeof en {
  return textOf(locale, 'tour', en);
}
