'use client';
import { CloudOff, RefreshCw, type LucideIcon } from 'lucide-react';
import { useEffect, useState, useSyncExternalStore, type ReactNode } from 'react';
import { useLiveStatus } from '@/lib/live';
import { usePerson, useText } from '@/lib/session';
import { useWaiting } from '@/lib/waiting';
import { WaitingPanel } from '../offline/offline';
import { Button } from '../ui/button';

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
  const entries = useWaiting(usePerson().id);
  const waits = entries.filter(({ state }) => state === 'waiting').length;
  const [shown, setShown] = useState(false);
  const words = [
    ...(online ? [] : [text.live.offline]),
    ...(waits > 0 ? [text.live.waiting(waits)] : []),
    ...(entries.length > waits ? [text.live.choices(entries.length - waits)] : []),
  ].join(' ');
  return (
    <div role="status" data-live={online ? status : 'offline'}>
      {words === '' ? null : (
        <Banner icon={CloudOff} words={words}>
          {entries.length === 0 ? null : (
            <Button
              variant="link"
              size="sm"
              onClick={() => {
                setShown(true);
              }}
            >
              {text.live.showWaiting}
            </Button>
          )}
        </Banner>
      )}
      {shown ? (
        <WaitingPanel
          onClose={() => {
            setShown(false);
          }}
        />
      ) : null}
      {online && status === 'lost' ? (
        <AfterAWhile>
          <Banner icon={RefreshCw} words={text.live.connecting} />
        </AfterAWhile>
      ) : null}
    </div>
  );
}

function Banner({
  icon: Icon,
  words,
  children,
}: {
  icon: LucideIcon;
  words: string;
  children?: ReactNode;
}) {
  return (
    <div className="flex items-center justify-center gap-2 bg-warn-soft px-4 py-2 text-sm text-warn-text">
      <Icon aria-hidden className="size-4 shrink-0" />
      {words}
      {children}
    </div>
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
