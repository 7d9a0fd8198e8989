'use client';
import type { LucideIcon } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { cn } from '@/lib/class-names';
import { useText } from '@/lib/session';

/** Where the navigation leads. */
export interface Place {
  href: string;
  label: string;
  icon: LucideIcon;
  /** How many tasks wait there. */
  count?: number;
  /** How many notifications are not read. */
  unread?: number;
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
        <span className="ms-auto ps-2 text-xs text-muted tabular-nums">{place.count}</span>
      )}
      {place.unread === undefined ? null : <UnreadBadge unread={place.unread} />}
    </Link>
  );
}

/** The number of unread notifications. */
export function UnreadBadge({ unread, className }: { unread: number; className?: string }) {
  const { notifications: text } = useText();
  return (
    <span
      className={cn(
        'ms-auto flex h-5 min-w-5 items-center justify-center rounded-full bg-accent px-1.5 text-xs font-semibold text-accent-ink tabular-nums',
        className,
      )}
    >
      <span aria-hidden>{unread > 99 ? '99+' : unread}</span>
      <span className="sr-only">{text.unreadCount(unread)}</span>
    </span>
  );
}
