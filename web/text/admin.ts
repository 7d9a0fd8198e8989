// The words of the admin page and of quotas in the reader's language.
import { admin as enAdmin, usage as enUsage } from './en-admin';

const admins: Record<string, typeof enAdmin> = { en: enAdmin };
const usages: Record<string, typeof enUsage> = { en: enUsage };

/** The admin page's; English where the language is not there yet. */
export function adminText(locale: string): typeof enAdmin {
  return admins[locale.split('-')[0] ?? 'en'] ?? enAdmin;
}

/** Those of quotas. */
export function usageText(locale: string): typeof enUsage {
  return usages[locale.split('-')[0] ?? 'en'] ?? enUsage;
}
