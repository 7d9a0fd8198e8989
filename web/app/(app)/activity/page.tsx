import { History } from '@/components/history';
import { PageHeading } from '@/components/shell/page-heading';
import { requirePerson } from '@/server/session';
import { textFor } from '@/text';
import { titled } from '@/server/language';

export const generateMetadata = titled((locale) => textFor(locale).nav.activity);

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
