'use client';
import { ChevronsUpDown } from 'lucide-react';
import { shortened } from '@todo/contracts/text';
import type { ComponentProps } from 'react';
import { usePerson } from '@/lib/session';

/** What opens the account's menu; the same before and after the menu is loaded. */
export function AccountButton(props: ComponentProps<'button'>) {
  const person = usePerson();
  return (
    <button
      type="button"
      aria-haspopup="menu"
      className="mt-2 flex w-full items-center gap-2.5 rounded-md px-2.5 py-2 text-start text-sm hover:bg-ink/6"
      {...props}
    >
      <span
        aria-hidden
        className="flex size-7 shrink-0 items-center justify-center rounded-full bg-accent-soft text-xs font-semibold text-accent-text uppercase"
      >
        {shortened(person.name, 1)}
      </span>
      <span className="min-w-0 flex-1">
        <bdi className="block truncate font-medium">{person.name}</bdi>
        <span className="block truncate text-xs text-muted">{person.email}</span>
      </span>
      <ChevronsUpDown aria-hidden className="size-4 shrink-0 text-muted" />
    </button>
  );
}
