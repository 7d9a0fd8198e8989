'use client';
// The frame around every page of the app: navigation at the side, on a phone at the bottom.
import { CircleCheckBig } from 'lucide-react';
import Link from 'next/link';
import { useMemo, useRef, useState, type ReactNode } from 'react';
import { cn } from '@/lib/class-names';
import { useText } from '@/lib/session';
import { AssistantContext } from '../chat/assistant';
import { loadedLater } from '../loaded-later';
import { Keyboard } from '../keyboard/keyboard';
import { Offline } from '../offline/offline';
import { Account } from './account';
import { AssistantButton } from './assistant-button';
import { ConnectionBanner } from './connection-banner';
import { BottomTabs } from './bottom-tabs';
import { FirstVisit } from './first-visit';
import { ReminderNotices } from './reminder-notices';
import { SideNavigation } from './side-navigation';

const ChatPanel = loadedLater(() => import('../chat/chat-panel'));

export function Shell({ children }: { children: ReactNode }) {
  const text = useText();
  const [open, setOpen] = useState(false);
  const assistant = useMemo(() => ({ open, setOpen }), [open]);
  const opener = useRef<HTMLButtonElement>(null);
  return (
    <AssistantContext value={assistant}>
      <div className="min-h-dvh lg:grid lg:grid-cols-[15rem_minmax(0,1fr)]">
        <a
          href="#main"
          className="sr-only z-50 rounded-md bg-accent px-4 py-2 text-accent-ink focus:not-sr-only focus:fixed focus:top-3 focus:start-3"
        >
          {text.skip}
        </a>
        <aside className="sticky top-0 hidden h-dvh flex-col border-e bg-panel px-3 py-4 lg:flex">
          <Link href="/" className="mb-4 flex items-center gap-2 px-2.5 text-base font-semibold">
            <CircleCheckBig aria-hidden className="size-5 text-accent-text" />
            {text.app}
          </Link>
          <SideNavigation />
          <AssistantButton ref={opener} />
          <Account />
        </aside>
        <div className={cn('flex min-w-0 flex-col', open && 'max-lg:hidden lg:pe-96')}>
          <ConnectionBanner />
          <ReminderNotices />
          <Offline />
          <Keyboard />
          <FirstVisit />
          <main
            id="main"
            tabIndex={-1}
            className="mx-auto w-full max-w-3xl has-data-wide:max-w-7xl flex-1 px-4 pt-5 pb-28 outline-none sm:px-6 lg:pt-8 lg:pb-12"
          >
            {children}
          </main>
          <BottomTabs />
        </div>
        {open ? (
          <ChatPanel
            onClose={() => {
              setOpen(false);
              focusAgain(opener.current);
            }}
          />
        ) : null}
      </div>
    </AssistantContext>
  );
}

/** The keyboard goes on at the button, or in the page where the button can't be seen (phone). */
function focusAgain(opener: HTMLElement | null): void {
  setTimeout(() => {
    (opener?.offsetParent ? opener : document.getElementById('main'))?.focus();
  });
}
