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
} from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { lazy, Suspense, useState } from 'react';
import { usePerson, useText, type Person } from '@/lib/session';
import type { Text } from '@/text';
import { OwnPlaces } from './own-places';
import { PlaceLink, type Place } from './place-link';

const PhoneMenu = lazy(() => import('./phone-menu'));

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
      <OwnPlaces onNavigate={onNavigate} />
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
