import type { Metadata } from 'next';
import { CalendarPage } from '@/components/calendar/calendar-page';
import { localDate } from '@/lib/dates';
import { database } from '@/server/database';
import { requirePerson } from '@/server/session';

export const metadata: Metadata = { title: 'Calendar' };

export default async function Page() {
  const person = await requirePerson();
  return <CalendarPage today={localDate(database().clock.now(), person.zone)} />;
}
