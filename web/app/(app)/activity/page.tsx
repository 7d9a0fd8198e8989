import type { Metadata } from 'next';
import { History } from '@/components/history';
import { PageHeading } from '@/components/shell/page-heading';
import { requirePerson } from '@/server/session';
import { textFor } from '@/text';

export const metadata: Metadata = { title: 'Activity' };

export default async function Page() {
  const person = await requirePerson();
  const text = textFor(person.locale);
  return (
    <>
      <PageHeading title={text.nav.activity} />
      {person.history ? (
        <History path="/history" titles />
      ) : (
        <p className="text-sm text-muted">{text.activity.off}</p>
      )}
    </>
  );
}
