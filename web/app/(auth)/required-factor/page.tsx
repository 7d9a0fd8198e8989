// Where somebody is led who must have a second factor and whose session has none: to enter it, or to set up the first one.
import { redirect } from 'next/navigation';
import { AppToasts } from '@/components/app-toasts';
import { RequiredFactor } from '@/components/auth/required-factor';
import { QueryProvider } from '@/components/query-provider';
import { SessionProvider } from '@/lib/session';
import { hasPassword } from '@/server/account-deletion';
import { passkeysPossible } from '@/server/passkeys';
import { currentPerson, ownFactors, sessionIsHeld } from '@/server/session';
import { titled } from '@/server/language';
import { authText } from '@/text/auth';

export const generateMetadata = titled((locale) => authText(locale).secondFactor.title);

export default async function RequiredFactorPage() {
  const person = await currentPerson();
  if (person === null) redirect('/sign-in');
  if (!(await sessionIsHeld())) redirect('/');
  const { app, passkeys } = await ownFactors();
  return (
    <SessionProvider person={person}>
      <QueryProvider>
        <AppToasts>
          <RequiredFactor
            app={app}
            passkeys={passkeys > 0}
            hasPassword={await hasPassword(person.id)}
            passkeysPossible={passkeysPossible()}
          />
        </AppToasts>
      </QueryProvider>
    </SessionProvider>
  );
}
