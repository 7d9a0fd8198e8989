import Link from 'next/link';
import { notFound } from 'next/navigation';
import { DeadLetters } from '@/components/status/dead-letters';
import { SystemStatus } from '@/components/status/system-status';
import { PageHeading } from '@/components/shell/page-heading';
import { config } from '@/server/config';
import { requirePerson } from '@/server/session';
import { textFor } from '@/text';
import { adminText } from '@/text/admin';
import { titled } from '@/server/language';
import { breakText } from '@/text/break';

export const generateMetadata = titled((locale) => textFor(locale).nav.status);

/** For operators; to everybody else there is no such page. The backend checks the role again. */
export default async function Page() {
  const person = await requirePerson();
  if (person.role !== 'operator') notFound();
  return (
    <>
      <PageHeading title={textFor(person.locale).nav.status} />
      <p className="mb-4 flex gap-4 text-sm">
        <Link href="/admin" className="font-medium text-accent-text underline underline-offset-4">
          {adminText(person.locale).title}
        </Link>
        {config().BREAK_URL === undefined ? null : (
          <Link
            href="/status/break"
            className="font-medium text-accent-text underline underline-offset-4"
          >
            {breakText.title}
          </Link>
        )}
      </p>
      <SystemStatus traceUrl={config().TRACE_URL ?? null} />
      <DeadLetters />
    </>
  );
}
