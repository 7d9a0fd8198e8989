// Everything behind the sign-in.
import type { ReactNode } from 'react';
import { Shell } from '@/components/shell/shell';
import { QueryProvider } from '@/components/query-provider';
import { AppToasts } from '@/components/app-toasts';
import { LiveProvider } from '@/lib/live';
import { SessionProvider } from '@/lib/session';
import { requirePerson } from '@/server/session';

export default async function AppLayout({ children }: { children: ReactNode }) {
  const person = await requirePerson();
  return (
    <SessionProvider person={person}>
      <QueryProvider>
        <AppToasts>
          <LiveProvider>
            <Shell>{children}</Shell>
          </LiveProvider>
        </AppToasts>
      </QueryProvider>
    </SessionProvider>
  );
}
