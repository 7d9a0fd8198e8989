import { SearchView } from '@/components/tasks/search-view';
import { PageHeading } from '@/components/shell/page-heading';
import { localDate } from '@/lib/dates';
import { database } from '@/server/database';
import { requirePerson } from '@/server/session';
import { textFor } from '@/text';
import { titled } from '@/server/language';

export const generateMetadata = titled((locale) => textFor(locale).nav.search);

export default async function Page({
  searchParams,
}: {
  searchParams: Promise<{ q?: string | string[] }>;
}) {
  const person = await requirePerson();
  const { q } = await searchParams;
  return (
    <>
      <PageHeading title={textFor(person.locale).nav.search} />
      <SearchView
        initial={typeof q === 'string' ? q : ''}
        today={localDate(database().clock.now(), person.zone)}
      />
    </>
  );
}
