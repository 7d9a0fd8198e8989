'use client';
// What a person typed and has not sent: kept in the tab's session storage under their id, so that it survives a reload, a
// navigation and signing in again. Signing out clears it; nobody else's page reads it.
import { useCallback, useSyncExternalStore } from 'react';
import { usePerson } from './session';

const PREFIX = 'todo-draft:';
/** Also where storage is refused or full: then a draft lasts as long as the page. */
const values = new Map<string, unknown>();
const listeners = new Set<() => void>();

function load(key: string): unknown {
  try {
    const text = sessionStorage.getItem(key);
    return text === null ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

/** The draft as it is kept; undefined without one. */
export function readDraft(personId: string, name: string): unknown {
  const key = `${PREFIX}${personId}:${name}`;
  if (!values.has(key)) values.set(key, load(key));
  return values.get(key);
}

/** Keeps a draft; undefined forgets it. */
export function writeDraft(personId: string, name: string, value: unknown): void {
  const key = `${PREFIX}${personId}:${name}`;
  values.set(key, value);
  try {
    if (value === undefined) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(value));
  } catch {
    // storage is full or refused: the page keeps it
  }
  for (const listener of listeners) listener();
}

/** Forgets every draft of this tab: the person signs out. */
export function clearDrafts(): void {
  values.clear();
  try {
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
    }
  } catch {
    // nothing was kept
  }
  for (const listener of listeners) listener();
}

function subscribe(changed: () => void): () => void {
  listeners.add(changed);
  return () => {
    listeners.delete(changed);
  };
}

/** Whether a stored value has the shape of `empty`; one of an older build may not. */
function fits(value: unknown, empty: unknown): boolean {
  if (empty === null || value === null) return true;
  if (typeof value !== typeof empty || Array.isArray(value) !== Array.isArray(empty)) return false;
  if (typeof empty !== 'object' || Array.isArray(empty)) return true;
  return Object.entries(empty).every(
    ([name, part]) =>
      name in (value as object) && fits((value as Record<string, unknown>)[name], part),
  );
}

/**
 * A draft of the signed-in person, as state.
 * @param name of the draft, the same wherever it is shown
 * @param empty what counts as nothing typed; the same object each time
 */
export function useDraft<T>(
  name: string,
  empty: T,
): [value: T, set: (next: T | ((now: T) => T)) => void] {
  const { id } = usePerson();
  const read = useCallback((): T => {
    const kept = readDraft(id, name);
    return kept !== undefined && fits(kept, empty) ? (kept as T) : empty;
  }, [id, name, empty]);
  const value = useSyncExternalStore(subscribe, read, () => empty);
  const set = useCallback(
    (next: T | ((now: T) => T)) => {
      const after = typeof next === 'function' ? (next as (now: T) => T)(read()) : next;
      writeDraft(id, name, after === empty ? undefined : after);
    },
    [id, name, empty, read],
  );
  return [value, set];
}
