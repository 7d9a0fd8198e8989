'use client';
import {
  Activity,
  Bell,
  CalendarDays,
  CheckCheck,
  Gauge,
  Inbox,
  Menu,
  Search,
  Sun,
  type LucideIcon,
} from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { lazy, Suspense, useState } from 'react';
import { cn } from '@/lib/class-names';
import { usePerson, useText, type Person } from '@/lib/session';
import type { Text } from '@/text';

const PhoneMenu = lazy(() => import('./phone-menu'));

interface Place {
  href: string;
  label: string;
  icon: LucideIcon;
}

function taskPlaces(text: Text): Place[] {
  return [
    { href: '/', label: text.nav.today, icon: Sun },
    { href: '/upcoming', label: text.nav.upcoming, icon: CalendarDays },
    { href: '/all', label: text.nav.all, icon: Inbox },
    { href: '/done', label: text.nav.done, icon: CheckCheck },
    { href: '/search', label: text.nav.search, icon: Search },
  ];
}

function otherPlaces(text: Text, person: Person): Place[] {
  return [
    { href: '/notifications', label: text.nav.notifications, icon: Bell },
    ...(person.history ? [{ href: '/activity', label: text.nav.activity, icon: Activity }] : []),
    ...(person.role === 'operator'
      ? [{ href: '/status', label: text.nav.status, icon: Gauge }]
      : []),
  ];
}

function PlaceLink({ place, onClick }: { place: Place; onClick?: () => void }) {
  const here = usePathname() === place.href;
  return (
    <Link
      href={place.href}
      {...(onClick ? { onClick } : {})}
      aria-current={here ? 'page' : undefined}
      className={cn(
        'flex items-center gap-3 rounded-md px-2.5 py-2.5 text-sm lg:py-2',
        here ? 'bg-accent-soft font-medium text-accent-text' : 'hover:bg-ink/6',
      )}
    >
      <place.icon aria-hidden className="size-4.5 shrink-0" />
      <span className="truncate">{place.label}</span>
    </Link>
  );
}

/** All places; `onNavigate` closes what they are shown in. */
export function SideNavigation({ onNavigate }: { onNavigate?: () => void }) {
  const text = useText();
  const person = usePerson();
  const more = onNavigate ? { onClick: onNavigate } : {};
  return (
    <nav
      aria-label={text.nav.label}
      className="flex min-h-0 flex-1 flex-col gap-0.5 overflow-y-auto"
    >
      {taskPlaces(text).map((place) => (
        <PlaceLink key={place.href} place={place} {...more} />
      ))}
      <div className="my-2 border-t" />
      {otherPlaces(text, person).map((place) => (
        <PlaceLink key={place.href} place={place} {...more} />
      ))}
    </nav>
  );
}

/** The phone's navigation: four places, and a menu with the rest. */
export function BottomTabs() {
  const text = useText();
  const path = usePathname();
  const [open, setOpen] = useState(false);
  const tab =
    'flex min-h-14 flex-1 flex-col items-center justify-center gap-0.5 text-xs text-muted aria-[current=page]:font-medium aria-[current=page]:text-accent-text';
  const places = taskPlaces(text).filter((place) => place.href !== '/done');
  return (
    <nav
      aria-label={text.nav.label}
      className="fixed inset-x-0 bottom-0 z-30 flex border-t bg-panel pb-[env(safe-area-inset-bottom)] lg:hidden"
    >
      {places.map((place) => (
        <Link
          key={place.href}
          href={place.href}
          aria-current={path === place.href ? 'page' : undefined}
          className={tab}
        >
          <place.icon aria-hidden className="size-5" />
          {place.href === '/all' ? text.nav.allShort : place.label}
        </Link>
      ))}
      <button
        type="button"
        aria-haspopup="dialog"
        aria-expanded={open}
        className={tab}
        onClick={() => {
          setOpen(true);
        }}
      >
        <Menu aria-hidden className="size-5" />
        {text.nav.menu}
      </button>
      {open ? (
        <Suspense>
          <PhoneMenu
            onClose={() => {
              setOpen(false);
            }}
          />
        </Suspense>
      ) : null}
    </nav>
  );
}
