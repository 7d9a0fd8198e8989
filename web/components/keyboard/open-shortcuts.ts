// Opens the list of all shortcuts from elsewhere on the page.
const OPEN = 'todo-open-shortcuts';

/** Opens it. */
export function openShortcuts(): void {
  window.dispatchEvent(new Event(OPEN));
}

/** Calls `listener` when it is to be opened. @returns stops it */
export function onOpenShortcuts(listener: () => void): () => void {
  window.addEventListener(OPEN, listener);
  return () => {
    window.removeEventListener(OPEN, listener);
  };
}
