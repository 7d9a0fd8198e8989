import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { LinkForm } from '@/components/auth/link-form';
import { canSendMail } from '@/server/mail';

export const metadata: Metadata = { title: 'Sign in by mail', referrer: 'no-referrer' };
export const dynamic = 'force-dynamic'; // whether mail is set up is known when it runs

export default function SignInLinkPage() {
  if (!canSendMail()) notFound();
  return <LinkForm />;
}
