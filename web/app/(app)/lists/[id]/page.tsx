import type { Metadata } from 'next';
import { isolated } from '@todo/contracts/text';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { ListActions } from '@/components/lists/list-actions';
import type { TaskList } from '@/lib/task-list';
import { readFromBackend } from '@/server/backend';
import { requirePerson } from '@/server/session';
import { TaskPageContent } from '@/server/task-page';

interface Props {
  params: Promise<{ id: string }>;
}

/** The list of the address; an address of none is not found, an outage is an error. */
const listOf = cache(async (id: string): Promise<TaskList> => {
  await requirePerson();
  const { items } = await readFromBackend<{ items: TaskList[] }>('/lists');
  const list = items.find((candidate) => candidate.id === id);
  if (!list) notFound();
  return list;
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: isolated((await listOf((await params).id)).name) };
}

export default async function Page({ params }: Props) {
  const list = await listOf((await params).id);
  return (
    <TaskPageContent
      key={list.id}
      view={{ name: 'list', listId: list.id }}
      title={() => list.name}
      beside={<ListActions list={list} />}
    />
  );
}
