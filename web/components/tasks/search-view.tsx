'use client';
import { Search } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { limitedText } from '@/lib/limited-text';
import { useText } from '@/lib/session';
import { Input } from '../ui/input';
import { TaskView } from './task-view';

/** Longest search, in code points; the backend's limit. */
const MAX_QUERY = 200;
/** Typing settles for this long before the backend is asked, in ms. */
const SETTLE_MS = 250;

export function SearchView({ initial, today }: { initial: string; today: string }) {
  const { tasks: text } = useText();
  const [typed, setTyped] = useState(initial);
  const [q, setQ] = useState(initial.trim());
  useEffect(() => {
    const timer = setTimeout(() => {
      const settled = typed.trim();
      setQ(settled);
      // Only the address: a reload or a shared link finds the same, no page is loaded.
      window.history.replaceState(null, '', settled ? `?q=${encodeURIComponent(settled)}` : '?');
    }, SETTLE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [typed]);
  const view = useMemo(() => ({ name: 'search' as const, q }), [q]);
  return (
    <>
      <search className="relative block">
        <Search
          aria-hidden
          className="pointer-events-none absolute top-1/2 start-3 size-4 -translate-y-1/2 text-muted"
        />
        <Input
          type="search"
          autoFocus
          aria-label={text.searchLabel}
          placeholder={text.searchPlaceholder}
          className="h-11 ps-9 sm:h-10"
          value={typed}
          onChange={({ target }) => {
            setTyped(limitedText(typed, target.value, MAX_QUERY));
          }}
        />
      </search>
      {q === '' ? (
        <p className="mt-10 text-center text-sm text-muted">{text.searchStart}</p>
      ) : (
        <TaskView view={view} today={today} />
      )}
    </>
  );
}
