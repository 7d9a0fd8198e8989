import { ForgotForm } from '@/components/auth/forgot-form';
import { canSendMail } from '@/server/mail';
import { titled } from '@/server/language';
import { authText } from '@/text/auth';

export const generateMetadata = titled((locale) => authText(locale).forgotTitle);
export const dynamic = 'force-dynamic'; // whether mail is set up is known when it runs

export default function ForgotPasswordPage() {
  return <ForgotForm byMail={canSendMail()} />;
}
