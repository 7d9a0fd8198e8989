// The words of the admin page and of quotas in the reader's language.
import { textOf } from './catalogue';
import { admin as enAdmin, usage as enUsage } from './en-admin';

/** The admin page's; English where the language is not there. */
export function adminText(locale: string): typeof enAdmin {
  return textOf(locale, 'admin', enAdmin);
}

/** Those of quotas. */
export function usageText(locale: string): typeof enUsage {
  return textOf(locale, 'usage', enUsage);
}
