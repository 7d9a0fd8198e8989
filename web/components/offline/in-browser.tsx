'use client';
import type { ReactNode } from 'react';
import { useBrowserValue } from '@/lib/use-browser-value';

/**
 * Leaves its children out of the server's markup: the page is shown at another address than the one it was made for, and
 * markup that depends on the address would not fit.
 */
export function InBrowser({ children }: { children: ReactNode }) {
  return useBrowserValue(() => true, false) ? children : null;
}
