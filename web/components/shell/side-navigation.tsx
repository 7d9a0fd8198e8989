'use client';
import { useQuery } from '@tanstack/react-query';
import {
  Activity,
  Bell,
  CalendarClock,
  CalendarDays,
  CheckCheck,
  Gauge,
  Inbox,
  Search,
  Sun,
  Trash2,
} from 'lucide-react';
import { unreadOptions } from '@/lib/notifications';
import { usePerson, useText, type Person } from '@/lib/session';
import type { Text } from '@/text';
import { OwnPlaces } from './own-places';
import { PlaceLink, type Place } from './place-link';

/** Where a person's tasks are. */
export function taskPlaces(text: Text): Place[] {
  return [
    { href: '/', label: text.nav.today, icon: Sun },
    { href: '/upcoming', label: text.nav.upcoming, icon: CalendarClock },
    { href: '/calendar', label: text.nav.calendar, icon: CalendarDays },
    { href: '/all', label: text.nav.all, icon: Inbox },
    { href: '/done', label: text.nav.done, icon: CheckCheck },
    { href: '/search', label: text.nav.search, icon: Search },
  ];
}

function otherPlaces(text: Text, person: Person, unread: number): Place[] {
  return [
    {
      href: '/notifications',
      label: text.nav.notifications,
      icon: Bell,
      ...(unread === 0 ? {} : { unread }),
    },
    ...(person.history ? [{ href: '/activity', label: text.nav.activity, icon: Activity }] : []),
    { href: '/trash', label: text.nav.trash, icon: Trash2 },
    ...(person.role === 'operator'
      ? [{ href: '/status', label: text.nav.status, icon: Gauge }]
      : []),
  ];
}

/** All places; `onNavigate` closes what they are shown in. */
export function SideNavigation({ onNavigate }: { onNavigate?: () => void }) {
  const text = useText();
  const person = usePerson();
  const unread = useQuery(unreadOptions).data ?? 0;
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
      {otherPlaces(text, person, unread).map((place) => (
        <PlaceLink key={place.href} place={place} {...more} />
      ))}
    </nav>
  );
}
