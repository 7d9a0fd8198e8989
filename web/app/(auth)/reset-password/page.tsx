import { ResetForm } from '@/components/auth/reset-form';
import { titled } from '@/server/language';
import { authText } from '@/text/auth';

export const generateMetadata = titled((locale) => authText(locale).newPassword, {
  referrer: 'no-referrer',
});

export default function ResetPasswordPage() {
  return <ResetForm />;
}
