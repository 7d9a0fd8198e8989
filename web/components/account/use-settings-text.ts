'use client';
import { useLocale } from '@/lib/session';
import { settingsTextFor, type SettingsText } from '@/text/settings';

/** The texts of the account page's settings in the reader's language. */
export function useSettingsText(): SettingsText {
  return settingsTextFor(useLocale());
}
