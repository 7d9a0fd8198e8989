import { notFound } from 'next/navigation';
import { BreakIt } from '@/components/status/break-it';
import { PageHeading } from '@/components/shell/page-heading';
import { canBreak } from '@/server/break-it';
import { titled } from '@/server/language';
import { requirePerson } from '@/server/session';
import { breakText } from '@/text/break';

export const generateMetadata = titled(() => breakText.title);

/** For operators of a system that was started to be broken; to everybody else there is no such page. Its route checks both again. */
export default async function Page() {
  const person = await requirePerson();
  if (person.role !== 'operator' || !canBreak()) notFound();
  const text = breakText;
  return (
    <>
      <PageHeading title={text.title} note={text.hint} />
      <BreakIt />
    </>
  );
}
