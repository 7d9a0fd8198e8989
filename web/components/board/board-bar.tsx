'use client';
// What the board is grouped by.
import Link from 'next/link';
import { BOARD_BY, type BoardBy } from '@/lib/board/columns';
import { usePerson } from '@/lib/session';
import { boardTextFor } from '@/text/views';
import { PageHeading } from '../shell/page-heading';
import { ChoiceGroup } from '../ui/choice-group';

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
        <ChoiceGroup
          label={text.group}
          choices={BOARD_BY.map((one) => [one, text.by[one]] as const)}
          chosen={by}
          onChoose={onGroup}
        />
      </div>
    </PageHeading>
  );
}
