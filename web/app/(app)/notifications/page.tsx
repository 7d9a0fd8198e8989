import { Notifications } from '@/components/notifications';
import { PageHeading } from '@/components/shell/page-heading';
import { requirePerson } from '@/server/session';
import { textFor } from '@/text';
import { titled } from '@/server/language';

export const generateMetadata = titled((locale) => textFor(locale).nav.notifications);

export default async function Page() {
  const person = await requirePerson();
  return (
    <>
      <PageHeading title={textFor(person.locale).nav.notifications} />
      <Notifications />
    </>
  );
}
