import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { SignInForm } from '@/components/auth/sign-in-form';
import { config } from '@/server/config';
import { currentPerson } from '@/server/session';

export const metadata: Metadata = { title: 'Sign in' };

export default async function SignInPage() {
  if ((await currentPerson()) !== null) redirect('/');
  return <SignInForm confirmFirst={config().EMAIL_VERIFICATION_REQUIRED} />;
}
