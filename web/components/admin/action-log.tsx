'use client';
// What operators did, the newest first.
import { useInfiniteQuery } from '@tanstack/react-query';
import { askAdmin, type AdminEntry } from '@/lib/admin-api';
import { instantLabel } from '@/lib/dates';
import { usePerson } from '@/lib/session';
import { adminText } from '@/text/admin';
import { Button } from '../ui/button';

/** Entries of one page (server/admin.ts). */
const PAGE = 50;

/** What is done to no account. */
const OF_NOBODY = /invit|^factor-of-|^break$/;

export function ActionLog() {
  const clock = usePerson();
  const text = adminText(clock.locale);
  const query = useInfiniteQuery({
    queryKey: ['admin', 'actions'],
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam: before }) =>
      (
        await askAdmin<{ items: AdminEntry[] }>(
          `/actions${before === null ? '' : `?before=${before}`}`,
        )
      ).items,
    getNextPageParam: (items) => (items.length < PAGE ? null : (items.at(-1)?.id ?? null)),
  });
  const entries = query.data?.pages.flat() ?? [];
  return (
    <section aria-labelledby="operator-log">
      <h2 id="operator-log" className="mb-3 text-base font-semibold">
        {text.log}
      </h2>
      <ul className="grid gap-2 text-sm">
        {entries.map(({ id, at, action, byCommand, operator, subject }) => (
          <li key={id} className="break-words">
            {byCommand ? text.byCommand : (operator ?? text.erased)}{' '}
            {text.logNames[action] ?? action}{' '}
            {OF_NOBODY.test(action) ? '' : (subject ?? text.erased)}
            <span className="block text-xs text-muted">{instantLabel(at, clock)}</span>
          </li>
        ))}
      </ul>
      {query.hasNextPage ? (
        <Button variant="outline" className="mt-3" onClick={() => void query.fetchNextPage()}>
          {text.more}
        </Button>
      ) : null}
    </section>
  );
}
