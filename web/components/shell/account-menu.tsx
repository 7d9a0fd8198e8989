'use client';
import { ArrowDownUp, Keyboard, LogOut, Settings } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { loadKept } from '@/lib/api';
import { askAuth } from '@/lib/auth-api';
import { clearDrafts } from '@/lib/drafts';
import { usePerson, useText } from '@/lib/session';
import { setTheme, useTheme, type Theme } from '@/lib/theme';
import { clearWaiting, waitingOf } from '@/lib/waiting';
import { keyboardTextFor } from '@/text/keyboard';
import { openShortcuts } from '../keyboard/open-shortcuts';
import { AccountButton } from './account-button';
import { ConfirmDialog } from '../ui/alert-dialog';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '../ui/dropdown-menu';
import { useToast } from '../ui/toast';

/** @param personId of whoever signs out */
async function signOut(personId: string): Promise<void> {
  // The address of the provider's own sign-out, where that is wanted.
  const { url } = await askAuth<{ url?: string }>('/sign-out', {});
  clearDrafts();
  clearWaiting(personId);
  // The service worker drops the page it keeps when it sees the request above.
  await (await loadKept())?.forgetKept().catch(() => undefined);
  window.location.assign(url ?? '/sign-in');
}

export default function AccountMenu() {
  const text = useText();
  const toast = useToast();
  const theme = useTheme();
  const { id, locale } = usePerson();
  const [asking, setAsking] = useState(false);
  const leave = () => {
    signOut(id).catch(() => {
      toast({ tone: 'danger', text: text.auth.failed });
    });
  };
  return (
    <>
      <DropdownMenu defaultOpen>
        <DropdownMenuTrigger asChild>
          <AccountButton />
        </DropdownMenuTrigger>
        <DropdownMenuContent align="start" className="w-56">
          <DropdownMenuItem asChild>
            <Link href="/account">
              <Settings aria-hidden />
              {text.nav.account}
            </Link>
          </DropdownMenuItem>
          <DropdownMenuItem asChild>
            <Link href="/import-export">
              <ArrowDownUp aria-hidden />
              {text.nav.transfer}
            </Link>
          </DropdownMenuItem>
          <DropdownMenuItem onSelect={openShortcuts}>
            <Keyboard aria-hidden />
            {keyboardTextFor(locale).help}
          </DropdownMenuItem>
          <DropdownMenuSeparator />
          <DropdownMenuLabel>{text.nav.theme}</DropdownMenuLabel>
          <DropdownMenuRadioGroup
            value={theme}
            onValueChange={(value) => {
              setTheme(value as Theme);
            }}
          >
            <DropdownMenuRadioItem value="system">{text.nav.themeSystem}</DropdownMenuRadioItem>
            <DropdownMenuRadioItem value="light">{text.nav.themeLight}</DropdownMenuRadioItem>
            <DropdownMenuRadioItem value="dark">{text.nav.themeDark}</DropdownMenuRadioItem>
          </DropdownMenuRadioGroup>
          <DropdownMenuSeparator />
          <DropdownMenuItem
            onSelect={() => {
              if (waitingOf(id).length > 0) setAsking(true);
              else leave();
            }}
          >
            <LogOut aria-hidden />
            {text.auth.signOut}
          </DropdownMenuItem>
        </DropdownMenuContent>
      </DropdownMenu>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={text.auth.signOutTitle}
        description={text.auth.signOutHint(waitingOf(id).length)}
        confirm={text.auth.signOut}
        cancel={text.cancel}
        onConfirm={leave}
      />
    </>
  );
}
