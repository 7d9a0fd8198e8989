'use client';
import type { LucideIcon } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { cn } from '@/lib/class-names';

/** Where the navigation leads. */
export interface Place {
  href: string;
  label: string;
  icon: LucideIcon;
  /** How many tasks wait there. */
  count?: number;
}

export function PlaceLink({ place, onClick }: { place: Place; onClick?: () => void }) {
  const here = usePathname() === place.href;
  return (
    <Link
      href={place.href}
      {...(onClick ? { onClick } : {})}
      aria-current={here ? 'page' : undefined}
      className={cn(
        'flex shrink-0 items-center gap-3 rounded-md px-2.5 py-2.5 text-sm lg:py-2',
        here ? 'bg-accent-soft font-medium text-accent-text' : 'hover:bg-ink/6',
      )}
    >
      <place.icon aria-hidden className="size-4.5 shrink-0" />
      <bdi className="truncate">{place.label}</bdi>
      {place.count === undefined ? null : (
        <span className="ml-auto pl-2 text-xs text-muted tabular-nums">{place.count}</span>
      )}
    </Link>
  );
}
