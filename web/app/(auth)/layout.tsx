// Signing in and up: nothing but the form.
import { CircleCheckBig } from 'lucide-react';
import type { ReactNode } from 'react';

export default function AuthLayout({ children }: { children: ReactNode }) {
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-sm flex-col justify-center px-5 py-10">
      <p className="mb-6 flex items-center gap-2 text-lg font-semibold">
        <CircleCheckBig aria-hidden className="size-6 text-accent-text" />
        Todo
      </p>
      {children}
    </main>
  );
}
