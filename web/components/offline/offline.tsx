'use client';
// The part of the page that works without network: loaded after the first load, so that it is there before the connection may
// be lost, or at once where changes wait already.
import { useEffect, useState, type ComponentType } from 'react';
import { usePerson } from '@/lib/session';
import { isTyped, useWaiting } from '@/lib/waiting';
import type { Draft } from '../tasks/quick-add-draft';
import { AFTER_FIRST_LOAD_MS, loadedLater } from '../loaded-later';

const Lines = loadedLater(() => import('./waiting-lines'));
const Panel = loadedLater(() => import('./waiting-panel'));

/** Keeps the page usable without network. Where this can't be loaded any more, it is tried again with the network. */
export function Offline() {
  const { id } = usePerson();
  const waits = useWaiting(id).length > 0;
  const [Part, setPart] = useState<ComponentType>();
  useEffect(() => {
    const left = new AbortController();
    const { signal } = left;
    const begin = () => {
      Lines.preload();
      Panel.preload();
      import('./offline-part').then(
        (part) => {
          if (!signal.aborted) setPart(() => part.default);
        },
        () => {
          window.addEventListener('online', begin, { once: true, signal });
        },
      );
    };
    // Served without network, by the service worker: all of it is on the device.
    const timer = setTimeout(begin, waits || !navigator.onLine ? 0 : AFTER_FIRST_LOAD_MS);
    return () => {
      clearTimeout(timer);
      left.abort();
    };
  }, [waits]);
  return Part === undefined ? null : <Part />;
}

/** The lines of quick add that wait. @param onEdit puts one back into the field */
export function WaitingLines({ onEdit }: { onEdit: (draft: Draft) => void }) {
  const { id } = usePerson();
  const lines = useWaiting(id).filter(isTyped);
  return lines.length === 0 ? null : <Lines lines={lines} onEdit={onEdit} />;
}

/** Everything that waits, and what can be done about it. */
export function WaitingPanel({ onClose }: { onClose: () => void }) {
  return <Panel onClose={onClose} />;
}
