import Link from 'next/link';
import { config } from '@/server/config';
import { textFor } from '@/text';
import { readerText, titled } from '@/server/language';

export const generateMetadata = titled((locale) => textFor(locale).leaving.left);
export const dynamic = 'force-dynamic';

export default async function Page() {
  const { leaving: text } = await readerText();
  const atOnce = config().ACCOUNT_DELETION_GRACE_DAYS === 0;
  return (
    <div className="grid gap-4">
      <h1 className="text-2xl font-semibold tracking-tight">{text.left}</h1>
      <p className="text-sm text-muted">{atOnce ? text.gone : text.asked}</p>
      {atOnce ? null : (
        <p className="text-sm">
          <Link
            href="/sign-in"
            className="font-medium text-accent-text underline underline-offset-4"
          >
            {text.signIn}
          </Link>
        </p>
      )}
    </div>
  );
}
