// The words of signing in and of an account's safety, by language. Apart from `Text`: the task page's first load goes without them.
import { enAuth } from './en-auth';

/** See en-auth.ts. */
export type AuthText = typeof enAuth;

const languages: Record<string, AuthText> = { en: enAuth };

/** The texts for a locale; English where the language is not there yet. */
export function authText(locale: string): AuthText {
  return languages[locale.split('-')[0] ?? 'en'] ?? enAuth;
}
