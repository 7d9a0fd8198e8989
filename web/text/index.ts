// Which language a person reads. Another one is a file beside en.ts that has the same keys.
import { en } from './en';

/** Every text of the app. */
export type Text = typeof en;

const languages: Record<string, Text> = { en };

/** The texts for a locale; English where the language is not there yet. */
export function textFor(locale: string): Text {
  return languages[locale.split('-')[0] ?? 'en'] ?? en;
}
