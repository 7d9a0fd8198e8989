'use client';
// A component whose code is loaded when it is first needed. Without network that fails: then it says so in its place, and the
// page around it, with what was typed there, stays. (React.lazy throws into the page instead, and never tries again.)
import { useEffect, useState, type ComponentType, type ReactNode } from 'react';
import { useText } from '@/lib/session';
import { Button } from './ui/button';

/**
 * Makes one.
 * @param load imports it
 * @returns the component, with `fallback` for the time it loads, and `preload`, which never fails
 */
export function loadedLater<P extends object>(
  load: () => Promise<{ default: ComponentType<P> }>,
): ComponentType<P & { fallback?: ReactNode }> & { preload: () => void } {
  let loaded: ComponentType<P> | undefined;
  let loading: Promise<void> | undefined;
  const start = (): Promise<void> => {
    loading ??= load().then(
      (module) => {
        loaded = module.default;
      },
      (error: unknown) => {
        loading = undefined; // the next one tries again
        throw error;
      },
    );
    return loading;
  };

  function LoadedLater({ fallback = null, ...props }: P & { fallback?: ReactNode }) {
    const [Loaded, setLoaded] = useState(() => loaded);
    const [failed, setFailed] = useState(false);
    const [tries, setTries] = useState(0);
    useEffect(() => {
      let left = false;
      start().then(
        () => {
          if (!left) setLoaded(() => loaded);
        },
        () => {
          if (!left) setFailed(true);
        },
      );
      return () => {
        left = true;
      };
    }, [tries]);
    if (Loaded !== undefined) return <Loaded {...(props as unknown as P)} />;
    if (!failed) return fallback;
    return (
      <LoadFailed
        onRetry={() => {
          setFailed(false);
          setTries(tries + 1);
        }}
      />
    );
  }
  LoadedLater.preload = () => {
    start().catch(() => undefined);
  };
  return LoadedLater;
}

function LoadFailed({ onRetry }: { onRetry: () => void }) {
  const text = useText();
  return (
    <p role="alert" className="flex flex-wrap items-center gap-2 px-3 py-2 text-sm text-warn-text">
      {text.partFailed}
      <Button variant="outline" size="sm" onClick={onRetry}>
        {text.retry}
      </Button>
    </p>
  );
}

/** What the first load can do without is loaded so long after it, or when it is first used, ms. */
export const AFTER_FIRST_LOAD_MS = 4_000;

/** Runs something once the page has nothing better to do. @returns cancels it */
export function whenIdle(run: () => void): () => void {
  if (!('requestIdleCallback' in window)) {
    const timer = setTimeout(run, 1_000);
    return () => {
      clearTimeout(timer);
    };
  }
  const handle = window.requestIdleCallback(run, { timeout: 5_000 });
  return () => {
    window.cancelIdleCallback(handle);
  };
}
