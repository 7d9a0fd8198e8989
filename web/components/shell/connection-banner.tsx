'use client';
import { CloudOff, RefreshCw, type LucideIcon } from 'lucide-react';
import { useEffect, useState, useSyncExternalStore, type ReactNode } from 'react';
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
  return (
    <div role="status" data-live={online ? status : 'offline'}>
      {!online ? <Banner icon={CloudOff} words={text.live.offline} /> : null}
      {online && status === 'lost' ? (
        <AfterAWhile>
          <Banner icon={RefreshCw} words={text.live.connecting} />
        </AfterAWhile>
      ) : null}
    </div>
  );
}

function Banner({ icon: Icon, words }: { icon: LucideIcon; words: string }) {
  return (
    <p className="flex items-center justify-center gap-2 bg-warn-soft px-4 py-2 text-sm text-warn-text">
      <Icon aria-hidden className="size-4 shrink-0" />
      {words}
    </p>
  );
}

function AfterAWhile({ children }: { children: ReactNode }) {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => {
      setOver(true);
    }, PATIENCE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, []);
  return over ? children : null;
}
