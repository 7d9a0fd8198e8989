'use client';
// The end of a list that goes on: more is loaded before it is reached. The button is for what scrolls without being seen.
import { useEffect, useEffectEvent, useRef } from 'react';
import { useText } from '@/lib/session';
import { Button } from '../ui/button';

/** So far below the screen the end may come before more is asked for, in px. */
const BEFORE_PX = 2_000;

export default function LoadMore({
  loading,
  busy,
  onMore,
}: {
  /** More is on its way. */
  loading: boolean;
  /** The list is being read; more is asked for afterwards. */
  busy: boolean;
  onMore: () => void;
}) {
  const text = useText();
  const end = useRef<HTMLDivElement>(null);
  const more = useEffectEvent(onMore);
  useEffect(() => {
    if (busy || end.current === null) return undefined;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) more();
      },
      { rootMargin: `0px 0px ${BEFORE_PX}px 0px` },
    );
    observer.observe(end.current);
    return () => {
      observer.disconnect();
    };
  }, [busy]);
  return (
    <div ref={end} className="mt-4 flex justify-center">
      <Button variant="outline" disabled={loading} onClick={onMore}>
        {loading ? text.loading : text.more}
      </Button>
    </div>
  );
}
