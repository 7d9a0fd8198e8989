import type { Metadata } from 'next';
import { PageHeading } from '@/components/shell/page-heading';
import { Trash } from '@/components/trash';
import { requirePerson } from '@/server/session';
import { trashTextFor } from '@/text/trash';

export const metadata: Metadata = { title: 'Trash' };

export default async function Page() {
  const person = await requirePerson();
  return (
    <>
      <PageHeading title={trashTextFor(person.locale).title} />
      <Trash />
    </>
  );
}
