'use client';
import { CloudOff, RefreshCw } from 'lucide-react';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { useLiveStatus } from '@/lib/live';
import { useText } from '@/lib/session';

/** A short loss repairs itself; it is told only when it lasts, in ms. */
const PATIENCE_MS = 2_500;

function subscribe(changed: () => void): () => void {
  window.addEventListener('online', changed);
  window.addEventListener('offline', changed);
  return () => {
    window.removeEventListener('online', changed);
    window.removeEventListener('offline', changed);
  };
}

/** Says when what is shown may be old, and why. */
export function ConnectionBanner() {
  const text = useText();
  const online = useSyncExternalStore(
    subscribe,
    () => navigator.onLine,
    () => true,
  );
  const status = useLiveStatus();
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    if (status !== 'lost') {
      setLasting(false);
      return undefined;
    }
    const timer = setTimeout(() => {
      setLasting(true);
    }, PATIENCE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [status]);
  const shown = !online ? 'offline' : lasting ? 'connecting' : null;
  return (
    <div role="status" data-live={online ? status : 'offline'}>
      {shown ? (
        <p className="flex items-center justify-center gap-2 bg-warn-soft px-4 py-2 text-sm text-warn-text">
          {shown === 'offline' ? (
            <CloudOff aria-hidden className="size-4 shrink-0" />
          ) : (
            <RefreshCw aria-hidden className="size-4 shrink-0 animate-spin" />
          )}
          {text.live[shown]}
        </p>
      ) : null}
    </div>
  );
}
