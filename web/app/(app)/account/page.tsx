import type { Metadata } from 'next';
import { Address } from '@/components/account/address';
import { Leave } from '@/components/account/leave';
import { NotificationSettings } from '@/components/account/notification-settings';
import { PasswordForm } from '@/components/account/password-form';
import { ProfileForm } from '@/components/account/profile-form';
import { Sessions } from '@/components/account/sessions';
import { Tokens } from '@/components/account/tokens';
import { PageHeading } from '@/components/shell/page-heading';
import { hasPassword } from '@/server/account-deletion';
import { config } from '@/server/config';
import { canSendMail } from '@/server/mail';
import { addressIsConfirmed, requirePerson } from '@/server/session';
import { textFor } from '@/text';

export const metadata: Metadata = { title: 'Account' };

export default async function Page() {
  const person = await requirePerson();
  return (
    <>
      <PageHeading title={textFor(person.locale).nav.account} note={person.email} />
      <div className="grid gap-10">
        <ProfileForm zones={Intl.supportedValuesOf('timeZone')} />
        <Address confirmed={await addressIsConfirmed()} byMail={canSendMail()} />
        <NotificationSettings />
        <Tokens publicUrl={config().PUBLIC_URL} />
        <PasswordForm />
        <Sessions />
        <Leave
          confirmBy={(await hasPassword(person.id)) ? 'password' : 'email'}
          graceDays={config().ACCOUNT_DELETION_GRACE_DAYS}
        />
      </div>
    </>
  );
}
