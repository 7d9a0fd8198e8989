// The words of signing in and of an account's safety, by language. Apart from `Text`: the task page's first load goes without them.
import { textOf } from './catalogue';
import { enAuth as en } from './en-auth';

/** Every text of that part. */
export type AuthText = typeof en;

/** The texts for a locale; English where the language is not there. */
export function authText(locale: string): AuthText {
  return textOf(locale, 'auth', en);
}
