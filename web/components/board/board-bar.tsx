'use client';
// What the board is grouped by.
import Link from 'next/link';
import { BOARD_BY, type BoardBy } from '@/lib/board/columns';
import { cn } from '@/lib/class-names';
import { usePerson } from '@/lib/session';
import { boardTextFor } from '@/text/views';
import { PageHeading } from '../shell/page-heading';

export function BoardBar({ by, onGroup }: { by: BoardBy; onGroup: (next: BoardBy) => void }) {
  const text = boardTextFor(usePerson().locale);
  return (
    <PageHeading title={text.title}>
      <div className="flex flex-wrap items-center gap-3">
        <Link
          href="/calendar"
          className="text-sm text-accent-text underline-offset-4 hover:underline"
        >
          {text.calendar}
        </Link>
        <div role="group" aria-label={text.group} className="flex rounded-md border bg-panel p-0.5">
          {BOARD_BY.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={one === by}
              onClick={() => {
                onGroup(one);
              }}
              className={cn(
                'h-8 rounded-sm px-3 text-sm sm:h-7',
                one === by ? 'bg-accent-soft font-medium text-accent-text' : 'hover:bg-ink/6',
              )}
            >
              {text.by[one]}
            </button>
          ))}
        </div>
      </div>
    </PageHeading>
  );
}
