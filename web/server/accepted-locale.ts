// Which language a browser asks for.
import Negotiator from 'negotiator';
import { LANGUAGES } from '@/text/languages';

/**
 * The first locale that a browser asks for whose language is there, by its preference; English without one.
 * @param accepted the header Accept-Language (RFC 9110, section 12.5.4)
 */
export function acceptedLocale(accepted: string | null): string {
  const wanted = new Negotiator({ headers: { 'accept-language': accepted ?? '' } }).languages();
  for (const tag of wanted) {
    const locale = canonical(tag);
    const language = locale?.split('-')[0];
    if (locale !== undefined && LANGUAGES.some((known) => known === language)) return locale;
  }
  return 'en';
}

/** A tag as the registry writes it (`iw` is `he`); undefined for what is none. */
function canonical(tag: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch {
    return undefined;
  }
}
