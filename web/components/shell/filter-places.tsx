'use client';
// The person's saved filters in the navigation. Loaded after it.
import { useQuery } from '@tanstack/react-query';
import { Filter, Plus } from 'lucide-react';
import Link from 'next/link';
import { savedFiltersOptions } from '@/lib/filter-list';
import { useText } from '@/lib/session';
import { cn } from '@/lib/class-names';
import { button } from '../ui/button-look';
import { PlaceLink } from './place-link';

export default function FilterPlaces({ onNavigate }: { onNavigate?: (() => void) | undefined }) {
  const text = useText();
  const filters = useQuery(savedFiltersOptions).data ?? [];
  const more = onNavigate ? { onClick: onNavigate } : {};
  return (
    <>
      <div className="flex h-8 items-center justify-between ps-2.5 text-xs font-semibold text-muted">
        <h2>{text.nav.filters}</h2>
        <Link
          href="/filters/new"
          aria-label={text.nav.newFilter}
          title={text.nav.newFilter}
          className={cn(button({ variant: 'ghost', size: 'tiny' }))}
          {...more}
        >
          <Plus aria-hidden />
        </Link>
      </div>
      {filters.map(({ id, name }) => (
        <PlaceLink
          key={id}
          place={{ href: `/filters/${id}`, label: name, icon: Filter }}
          {...more}
        />
      ))}
    </>
  );
}
