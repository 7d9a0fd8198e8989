import { CodeForm } from '@/components/auth/code-form';
import { titled } from '@/server/language';
import { authText } from '@/text/auth';

export const generateMetadata = titled((locale) => authText(locale).secondFactor.title);

export default function SecondFactorPage() {
  return <CodeForm />;
}
