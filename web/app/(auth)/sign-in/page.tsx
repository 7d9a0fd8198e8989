import { redirect } from 'next/navigation';
import { OtherWays } from '@/components/auth/other-ways';
import { ProviderButtons } from '@/components/auth/provider-buttons';
import { SignInForm } from '@/components/auth/sign-in-form';
import { config } from '@/server/config';
import { canSendMail } from '@/server/mail';
import { passkeysPossible } from '@/server/passkeys';
import { currentPerson } from '@/server/session';
import { titled } from '@/server/language';
import { authText } from '@/text/auth';

export const generateMetadata = titled((locale) => authText(locale).signIn);

export default async function SignInPage({
  searchParams,
}: {
  searchParams: Promise<{ error?: string | string[] }>;
}) {
  if ((await currentPerson()) !== null) redirect('/');
  const { error } = await searchParams;
  const { EMAIL_VERIFICATION_REQUIRED: confirmFirst, OIDC_PROVIDERS: providers } = config();
  return (
    <div className="grid gap-6">
      <SignInForm
        confirmFirst={confirmFirst}
        problem={error === undefined ? undefined : String(error)}
      />
      <OtherWays passkeys={passkeysPossible()} byMail={canSendMail()} autofill />
      <ProviderButtons providers={providers.map(({ id, name }) => ({ id, name }))} />
    </div>
  );
}
