'use client';
// What all long lists share.
import { useEffect, useEffectEvent } from 'react';
import { cn } from '@/lib/class-names';
import { usePerson } from '@/lib/session';
import { longListTextFor } from '@/text/views';
import { useToast } from '../ui/toast';

/** How high a row is, more or less, in px. */
export const ROW_PX = 62;

/** The frame that a short list has around it, row by row. */
export function rowLook(place: number, of: number): string {
  return cn(
    'border-x border-b bg-panel',
    place === 0 && 'rounded-t-lg border-t',
    place === of - 1 && 'rounded-b-lg',
  );
}

/** The browser's own search finds only what is in the document: says so, and where everything is found. */
export function useFindHint(): void {
  const text = longListTextFor(usePerson().locale);
  const toast = useToast();
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.key.toLowerCase() !== 'f' || !(event.ctrlKey || event.metaKey)) return;
    if (!event.altKey && !event.shiftKey) toast({ text: text.find });
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      press(event);
    };
    window.addEventListener('keydown', onKey);
    return () => {
      window.removeEventListener('keydown', onKey);
    };
  }, []);
}
