'use client';
// Whether single keys are shortcuts on this device.
import { useSyncExternalStore } from 'react';

const NAME = 'todo-single-keys';
const CHANGED = 'todo-single-keys';

/** Whether single keys are shortcuts; they are until somebody switches them off. */
export function singleKeys(): boolean {
  try {
    return localStorage.getItem(NAME) !== 'off';
  } catch {
    return true;
  }
}

/** Switches them on or off. */
export function setSingleKeys(on: boolean): void {
  try {
    if (on) localStorage.removeItem(NAME);
    else localStorage.setItem(NAME, 'off');
  } catch {
    // storage is refused: they stay as they are
  }
  window.dispatchEvent(new Event(CHANGED));
}

function subscribe(changed: () => void): () => void {
  window.addEventListener(CHANGED, changed);
  window.addEventListener('storage', changed);
  return () => {
    window.removeEventListener(CHANGED, changed);
    window.removeEventListener('storage', changed);
  };
}

/** Like {@link singleKeys}, as state. */
export function useSingleKeys(): boolean {
  return useSyncExternalStore(subscribe, singleKeys, () => true);
}
