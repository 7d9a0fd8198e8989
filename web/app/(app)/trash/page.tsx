import { PageHeading } from '@/components/shell/page-heading';
import { Trash } from '@/components/trash';
import { titled } from '@/server/language';
import { requirePerson } from '@/server/session';
import { trashTextFor } from '@/text/trash';

export const generateMetadata = titled((locale) => trashTextFor(locale).title);

export default async function Page() {
  const person = await requirePerson();
  return (
    <>
      <PageHeading title={trashTextFor(person.locale).title} />
      <Trash />
    </>
  );
}
