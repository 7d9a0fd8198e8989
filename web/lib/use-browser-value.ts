'use client';
import { useSyncExternalStore } from 'react';

const never = () => () => undefined;

/** A value that only the browser knows; `whileServed` stands for it on the server and while hydrating. */
export function useBrowserValue<T>(read: () => T, whileServed: T): T {
  return useSyncExternalStore(never, read, () => whileServed);
}
