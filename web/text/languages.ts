// The languages the app is written in, and which of them a person reads. Needed by every page, so it is small: the texts
// themselves are in en*.ts (English, part of each page) and de/, he/ (compiled; only the reader's language is loaded).

/** A language that every text is written in. BCP 47. */
export type Language = 'en' | 'de' | 'he';

/** All of them. English is what others fall back to. */
export const LANGUAGES: readonly Language[] = ['en', 'de', 'he'];

/** The language whose texts somebody with this locale reads. @param locale BCP 47, such as `de-AT` */
export function languageOf(locale: string): Language {
  // Old systems still say `iw` for Hebrew (RFC 5646, section 2.2.1: the registry prefers `he`).
  const first = locale.toLowerCase().split('-')[0]?.replace(/^iw$/, 'he');
  return LANGUAGES.find((language) => language === first) ?? 'en';
}

/** The direction that a language is written in. */
export function directionOf(language: Language): 'ltr' | 'rtl' {
  return language === 'he' ? 'rtl' : 'ltr';
}

/**
 * What the page's `lang` says: the person's locale where its language is there, since screen readers go by it, else the
 * language of the texts.
 */
export function pageLanguage(locale: string): string {
  const language = languageOf(locale);
  return locale.toLowerCase().startsWith(language) ? locale : language;
}
