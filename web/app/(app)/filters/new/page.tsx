import type { Metadata } from 'next';
import { NewFilter } from '@/components/filters/filter-view';
import { localDate } from '@/lib/dates';
import { database } from '@/server/database';
import { requirePerson } from '@/server/session';
import { filters } from '@/text/en-filters';

export const metadata: Metadata = { title: filters.newTitle };

export default async function Page() {
  const person = await requirePerson();
  return <NewFilter today={localDate(database().clock.now(), person.zone)} />;
}
