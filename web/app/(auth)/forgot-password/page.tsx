import type { Metadata } from 'next';
import { ForgotForm } from '@/components/auth/forgot-form';
import { canSendMail } from '@/server/mail';

export const metadata: Metadata = { title: 'Forgot password' };
export const dynamic = 'force-dynamic'; // whether mail is set up is known when it runs

export default function ForgotPasswordPage() {
  return <ForgotForm byMail={canSendMail()} />;
}
