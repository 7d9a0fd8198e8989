'use client';
// A person's choice of light or dark, kept in a cookie so that the server renders it: no flash.
import { useSyncExternalStore } from 'react';

/** `system` follows the device. */
export type Theme = 'system' | 'light' | 'dark';

/** A year, in seconds. */
const KEPT = 31_536_000;
const CHANGED = 'todo-theme';

function readTheme(): Theme {
  const match = /(?:^|;\s*)theme=(light|dark)/.exec(document.cookie);
  return (match?.[1] as Theme | undefined) ?? 'system';
}

function subscribe(changed: () => void): () => void {
  window.addEventListener(CHANGED, changed);
  return () => {
    window.removeEventListener(CHANGED, changed);
  };
}

/** The theme chosen in this browser. */
export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, readTheme, () => 'system');
}

/** Changes the theme now and for later visits. */
export function setTheme(theme: Theme): void {
  if (theme === 'system') {
    delete document.documentElement.dataset['theme'];
    document.cookie = 'theme=; path=/; max-age=0; samesite=lax';
  } else {
    document.documentElement.dataset['theme'] = theme;
    document.cookie = `theme=${theme}; path=/; max-age=${KEPT}; samesite=lax`;
  }
  window.dispatchEvent(new Event(CHANGED));
}
