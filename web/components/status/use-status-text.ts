'use client';
import { usePerson } from '@/lib/session';
import { statusTextFor, type StatusText } from '@/text/status';

/** The texts of the status page in the operator's language. */
export function useStatusText(): StatusText {
  return statusTextFor(usePerson().locale);
}
