'use client';
// The end of a list that goes on: more is loaded before it is reached. The button is for what scrolls without being seen.
import { useEffect, useEffectEvent, useRef } from 'react';
import { useText } from '@/lib/session';
import { Button } from '../ui/button';
import type { More } from './list-props';

/** So far below the screen the end may come before more is asked for, in px. */
const BEFORE_PX = 2_000;

export function LoadMore({
  more: { isFetching, isFetchingNextPage, fetchNextPage },
}: {
  more: More;
}) {
  const text = useText();
  const end = useRef<HTMLDivElement>(null);
  const more = useEffectEvent(() => {
    fetchNextPage();
  });
  useEffect(() => {
    // Asked while the list is read again, the next page would end that.
    if (isFetching || end.current === null) return undefined;
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
  }, [isFetching]);
  return (
    <div ref={end} className="mt-4 flex justify-center">
      <Button variant="outline" disabled={isFetchingNextPage} onClick={() => fetchNextPage()}>
        {isFetchingNextPage ? text.loading : text.more}
      </Button>
    </div>
  );
}
