// The words of the account page's settings in the person's language; apart from the others, so that only that page loads them.
import { textOf } from './catalogue';
import { settings as en } from './en-settings';

/** Every text of those. */
export type SettingsText = typeof en;

/** The texts for a locale; English where the language is not there. */
export function settingsTextFor(locale: string): SettingsText {
  return textOf(locale, 'settings', en);
}
