import type { Metadata } from 'next';
import Link from 'next/link';
import { config } from '@/server/config';
import { textFor } from '@/text';

export const metadata: Metadata = { title: 'Account deleted' };
export const dynamic = 'force-dynamic';

export default function Page() {
  const { leaving: text } = textFor('en');
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
