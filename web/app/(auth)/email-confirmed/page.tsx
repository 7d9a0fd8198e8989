// Where the link in a mail leads, after better-auth has checked it.
import { Notice } from '@/components/auth/notice';
import { authText } from '@/text/auth';
import { readerLocale, titled } from '@/server/language';

export const generateMetadata = titled((locale) => authText(locale).address.title);

export default async function EmailConfirmedPage({
  searchParams,
}: {
  searchParams: Promise<{ error?: string | string[] }>;
}) {
  const { error } = await searchParams;
  const text = authText(await readerLocale());
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
