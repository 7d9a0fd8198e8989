import { notFound } from 'next/navigation';
import { ActionLog } from '@/components/admin/action-log';
import { Invitations } from '@/components/admin/invitations';
import { People } from '@/components/admin/people';
import { SecondFactorPolicy } from '@/components/admin/second-factor-policy';
import { PageHeading } from '@/components/shell/page-heading';
import { requirePerson } from '@/server/session';
import { adminText } from '@/text/admin';
import { titled } from '@/server/language';

export const generateMetadata = titled((locale) => adminText(locale).title);

/** For operators; to everybody else there is no such page. Its routes check the role again. */
export default async function Page() {
  const person = await requirePerson();
  if (person.role !== 'operator') notFound();
  const text = adminText(person.locale);
  return (
    <>
      <PageHeading title={text.title} note={text.hint} />
      <div className="grid gap-10">
        <People />
        <Invitations />
        <SecondFactorPolicy />
        <ActionLog />
      </div>
    </>
  );
}
