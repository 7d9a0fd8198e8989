'use client';
import { Menu } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { unreadOptions } from '@/lib/notifications';
import { useText } from '@/lib/session';
import { loadedLater } from '../loaded-later';
import { UnreadBadge } from './place-link';
import { taskPlaces } from './side-navigation';

const PhoneMenu = loadedLater(() => import('./phone-menu'));

/** Places that a phone has in its menu only. */
const IN_MENU = ['/calendar', '/done'];

/** The phone's navigation: four places, and a menu with the rest. */
export function BottomTabs() {
  const text = useText();
  const path = usePathname();
  const unread = useQuery(unreadOptions).data ?? 0;
  const [open, setOpen] = useState(false);
  const tab =
    'flex min-h-14 flex-1 flex-col items-center justify-center gap-0.5 text-xs text-muted aria-[current=page]:font-medium aria-[current=page]:text-accent-text';
  const places = taskPlaces(text).filter((place) => !IN_MENU.includes(place.href));
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
        <span className="relative">
          <Menu aria-hidden className="size-5" />
          {unread === 0 ? null : (
            <UnreadBadge unread={unread} className="absolute -top-2 start-3 h-4 min-w-4 px-1" />
          )}
        </span>
        {text.nav.menu}
      </button>
      {open ? (
        <PhoneMenu
          onClose={() => {
            setOpen(false);
          }}
        />
      ) : null}
    </nav>
  );
}
