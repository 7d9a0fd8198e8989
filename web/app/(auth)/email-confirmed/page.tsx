// Where the link in a mail leads, after better-auth has checked it.
import type { Metadata } from 'next';
import { Notice } from '@/components/auth/notice';
import { currentPerson } from '@/server/session';
import { authText } from '@/text/auth';

export const metadata: Metadata = { title: 'E-mail address' };

export default async function EmailConfirmedPage({
  searchParams,
}: {
  searchParams: Promise<{ error?: string | string[] }>;
}) {
  const { error } = await searchParams;
  const text = authText((await currentPerson())?.locale ?? 'en');
  return error === undefined ? (
    <Notice title={text.confirmed} text={text.confirmedHint} href="/" label={text.goOn} />
  ) : (
    <Notice
      title={text.notConfirmed}
      text={text.notConfirmedHint}
      href="/account"
      label={text.goOn}
    />
  );
}
