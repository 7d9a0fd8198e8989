import { redirect } from 'next/navigation';
import { SignUpForm } from '@/components/auth/sign-up-form';
import { config } from '@/server/config';
import { currentPerson } from '@/server/session';
import { titled } from '@/server/language';
import { authText } from '@/text/auth';

export const generateMetadata = titled((locale) => authText(locale).signUp);

export default async function SignUpPage() {
  if ((await currentPerson()) !== null) redirect('/');
  const { EMAIL_VERIFICATION_REQUIRED, SIGN_UP } = config();
  return <SignUpForm confirmFirst={EMAIL_VERIFICATION_REQUIRED} mode={SIGN_UP} />;
}
