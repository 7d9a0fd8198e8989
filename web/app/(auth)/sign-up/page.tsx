import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { SignUpForm } from '@/components/auth/sign-up-form';
import { config } from '@/server/config';
import { currentPerson } from '@/server/session';

export const metadata: Metadata = { title: 'Create account' };

export default async function SignUpPage() {
  if ((await currentPerson()) !== null) redirect('/');
  const { EMAIL_VERIFICATION_REQUIRED, SIGN_UP } = config();
  return <SignUpForm confirmFirst={EMAIL_VERIFICATION_REQUIRED} mode={SIGN_UP} />;
}
