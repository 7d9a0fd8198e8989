import { dehydrate, HydrationBoundary, QueryClient } from '@tanstack/react-query';
import type { Metadata } from 'next';
import { isolated } from '@todo/contracts/text';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { FilterView } from '@/components/filters/filter-view';
import { localDate } from '@/lib/dates';
import { queryString } from '@/lib/api';
import type { SavedFilter } from '@/lib/filter-list';
import { PAGE_QUERY, PAGE_SIZE, taskKeys, type TaskPage } from '@/lib/task-query';
import { filterOf } from '@/lib/views';
import { readFromBackend, tryBackend } from '@/server/backend';
import { database } from '@/server/database';
import { requirePerson } from '@/server/session';

interface Props {
  params: Promise<{ id: string }>;
}

/** The filter of the address; an address of none is not found, an outage is an error. */
const filterOfAddress = cache(async (id: string): Promise<SavedFilter> => {
  await requirePerson();
  const { items } = await readFromBackend<{ items: SavedFilter[] }>('/filters');
  const filter = items.find((candidate) => candidate.id === id);
  if (!filter) notFound();
  return filter;
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: isolated((await filterOfAddress((await params).id)).name) };
}

export default async function Page({ params }: Props) {
  const person = await requirePerson();
  const saved = await filterOfAddress((await params).id);
  const today = localDate(database().clock.now(), person.zone);
  const filter = filterOf({ name: 'filter', filter: saved.filter }, today, person);
  const client = new QueryClient();
  const first = await tryBackend<TaskPage>(
    `/tasks${queryString({ ...filter, ...PAGE_QUERY, limit: PAGE_SIZE })}`,
  );
  if (first) client.setQueryData(taskKeys.list(filter), { pages: [first], pageParams: [null] });
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <FilterView key={saved.id} saved={saved} today={today} />
    </HydrationBoundary>
  );
}
