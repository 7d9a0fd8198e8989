'use client';
import { usePerson } from '@/lib/session';
import { transferTextFor, type TransferText } from '@/text/transfer';

/** The texts of “Import and export” in the person's language. */
export function useTransferText(): TransferText {
  return transferTextFor(usePerson().locale);
}
