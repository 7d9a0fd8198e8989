'use client';
import type { ReactNode } from 'react';
import { useText } from '@/lib/session';
import { ToastProvider } from './ui/toast';

export function AppToasts({ children }: { children: ReactNode }) {
  const text = useText();
  return (
    <ToastProvider label={text.nav.notifications} closeLabel={text.close} undoLabel={text.undo}>
      {children}
    </ToastProvider>
  );
}
