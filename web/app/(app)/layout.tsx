// Everything behind the sign-in.
import type { ReactNode } from 'react';
import { LeavingBanner } from '@/components/account/leaving-banner';
import { Shell } from '@/components/shell/shell';
import { QueryProvider } from '@/components/query-provider';
import { AppToasts } from '@/components/app-toasts';
import { LiveProvider } from '@/lib/live';
import { SessionProvider } from '@/lib/session';
import { pendingDeletion } from '@/server/account-deletion';
import { requirePerson } from '@/server/session';

export default async function AppLayout({ children }: { children: ReactNode }) {
  const person = await requirePerson();
  const eraseAt = await pendingDeletion(person.id);
  return (
    <SessionProvider person={person}>
      <QueryProvider>
        <AppToasts>
          <LiveProvider>
            {eraseAt ? <LeavingBanner eraseAt={eraseAt.toISOString()} /> : null}
            <Shell>{children}</Shell>
          </LiveProvider>
        </AppToasts>
      </QueryProvider>
    </SessionProvider>
  );
}
