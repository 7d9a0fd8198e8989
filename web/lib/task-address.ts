'use client';
// The address of a task. Opening one changes only the address: the list below stays, Back closes the task, and a reload or a
// link finds it again.
import { usePathname, useRouter } from 'next/navigation';
import { useCallback } from 'react';

const ADDRESS = /^\/tasks\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** Whether this page opened the task: then the page before it is the list it was opened from. */
let openedHere = false;

/** Where a task is. */
export function taskPath(id: string): string {
  return `/tasks/${id}`;
}

/** Which task is open, and how to open and close one. */
export function useOpenTask(): {
  id: string | null;
  open: (id: string) => void;
  close: () => void;
} {
  const id = ADDRESS.exec(usePathname())?.[1] ?? null;
  const router = useRouter();
  const open = useCallback((next: string) => {
    openedHere = true;
    window.history.pushState(null, '', taskPath(next));
  }, []);
  const close = useCallback(() => {
    if (openedHere) window.history.back();
    else router.replace('/');
    openedHere = false;
  }, [router]);
  return { id, open, close };
}
