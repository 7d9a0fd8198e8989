// Everything behind the sign-in.
import { headers } from 'next/headers';
import { Fragment, type ReactNode } from 'react';
import { LeavingBanner } from '@/components/account/leaving-banner';
import { InBrowser } from '@/components/offline/in-browser';
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
  // `/offline` is shown at other addresses, see there.
  const Around = (await headers()).get('x-page') === '/offline' ? InBrowser : Fragment;
  return (
    <Around>
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
    </Around>
  );
}
