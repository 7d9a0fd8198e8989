// The words of mails about accounts, by language; apart from the pages' words, which browsers load.
import { enMail } from './en-mail';

const languages: Record<string, typeof enMail> = { en: enMail };

/** The mails for a locale; English where the language is not there yet. */
export function mailText(locale: string): typeof enMail {
  return languages[locale.split('-')[0] ?? 'en'] ?? enMail;
}
