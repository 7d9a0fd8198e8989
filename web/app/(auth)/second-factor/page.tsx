import type { Metadata } from 'next';
import { CodeForm } from '@/components/auth/code-form';

export const metadata: Metadata = { title: 'Second factor' };

export default function SecondFactorPage() {
  return <CodeForm />;
}
