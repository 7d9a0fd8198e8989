// A person's choice of light or dark, kept in a cookie so that the server renders it: no flash.

/** `system` follows the device. */
export type Theme = 'system' | 'light' | 'dark';

/** A year, in seconds. */
const KEPT = 31_536_000;

/** The theme chosen in this browser. */
export function readTheme(): Theme {
  const match = /(?:^|;\s*)theme=(light|dark)/.exec(document.cookie);
  return (match?.[1] as Theme | undefined) ?? 'system';
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
}
