import { notFound } from 'next/navigation';
import { LinkForm } from '@/components/auth/link-form';
import { canSendMail } from '@/server/mail';
import { titled } from '@/server/language';
import { authText } from '@/text/auth';

export const generateMetadata = titled((locale) => authText(locale).link.title, {
  referrer: 'no-referrer',
});
export const dynamic = 'force-dynamic'; // whether mail is set up is known when it runs

export default function SignInLinkPage() {
  if (!canSendMail()) notFound();
  return <LinkForm />;
}
