// The texts that every page needs, in the language a person reads.
import { textOf } from './catalogue';
import { en } from './en';

/** Every text of the app's frame and its tasks. */
export type Text = typeof en;

/** The texts for a locale; English where the language is not there. */
export function textFor(locale: string): Text {
  return textOf(locale, 'main', en);
}
