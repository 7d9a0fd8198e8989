'use client';
// The words of sign-in and account safety, in the reader's language.
import { authText, type AuthText } from '@/text/auth';
import { useLocale } from './session';

/** Apart from `useText`, so that only the pages that show these words load them. */
export function useAuthText(): AuthText {
  return authText(useLocale());
}
