import type { Metadata } from 'next';
import { Notifications } from '@/components/notifications';
import { PageHeading } from '@/components/shell/page-heading';
import { requirePerson } from '@/server/session';
import { textFor } from '@/text';

export const metadata: Metadata = { title: 'Notifications' };

export default async function Page() {
  const person = await requirePerson();
  return (
    <>
      <PageHeading title={textFor(person.locale).nav.notifications} />
      <Notifications />
    </>
  );
}
