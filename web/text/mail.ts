// The words of mails about accounts, by language; apart from the pages' words, which browsers load.
import de from './compiled/de-mail.json';
import he from './compiled/he-mail.json';
import { enMail } from './en-mail';
import { languageOf, type Language } from './languages';
import { textsFrom } from './messages';

const languages: Readonly<Record<Language, typeof enMail>> = {
  en: enMail,
  de: textsFrom('de', de) as typeof enMail,
  he: textsFrom('he', he) as typeof enMail,
};

/** The mails for a locale; English where the language is not there. */
export function mailText(locale: string): typeof enMail {
  return languages[languageOf(locale)];
}
