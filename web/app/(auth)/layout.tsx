// Signing in and up: nothing but the form.
import { CircleCheckBig } from 'lucide-react';
import type { ReactNode } from 'react';
import { readerText } from '@/server/language';

export default async function AuthLayout({ children }: { children: ReactNode }) {
  const text = await readerText();
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-sm flex-col justify-center px-5 py-10">
      <p className="mb-6 flex items-center gap-2 text-lg font-semibold">
        <CircleCheckBig aria-hidden className="size-6 text-accent-text" />
        {text.app}
      </p>
      {children}
    </main>
  );
}
