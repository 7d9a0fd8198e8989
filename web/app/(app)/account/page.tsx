import { Address } from '@/components/account/address';
import { Leave } from '@/components/account/leave';
import { NotificationSettings } from '@/components/account/notification-settings';
import { Passkeys } from '@/components/account/passkeys';
import { Password } from '@/components/account/password-form';
import { ProfileForm } from '@/components/account/profile-form';
import { SecondFactor } from '@/components/account/second-factor';
import { Sessions } from '@/components/account/sessions';
import { Usage } from '@/components/account/usage';
import { Tokens } from '@/components/account/tokens';
import { PageHeading } from '@/components/shell/page-heading';
import { hasPassword } from '@/server/account-deletion';
import { config } from '@/server/config';
import { canSendMail } from '@/server/mail';
import { passkeysPossible } from '@/server/passkeys';
import { addressIsConfirmed, ownFactors, requirePerson } from '@/server/session';
import { textFor } from '@/text';
import { titled } from '@/server/language';

export const generateMetadata = titled((locale) => textFor(locale).nav.account);

export default async function Page() {
  const person = await requirePerson();
  const byMail = canSendMail();
  const withPassword = await hasPassword(person.id);
  return (
    <>
      <PageHeading title={textFor(person.locale).nav.account} note={person.email} />
      <div className="grid gap-10">
        <ProfileForm zones={Intl.supportedValuesOf('timeZone')} />
        <Address confirmed={await addressIsConfirmed()} byMail={byMail} />
        <NotificationSettings />
        <Tokens publicUrl={config().PUBLIC_URL} />
        <Usage />
        <Password hasPassword={withPassword} byMail={byMail} />
        <SecondFactor on={(await ownFactors()).app} hasPassword={withPassword} />
        <Passkeys possible={passkeysPossible()} />
        <Sessions />
        <Leave
          confirmBy={withPassword ? 'password' : 'email'}
          graceDays={config().ACCOUNT_DELETION_GRACE_DAYS}
        />
      </div>
    </>
  );
}
