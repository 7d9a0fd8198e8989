'use client';
import { ArrowDownUp, LogOut, Settings } from 'lucide-react';
import Link from 'next/link';
import { askAuth } from '@/lib/auth-api';
import { clearDrafts } from '@/lib/drafts';
import { useText } from '@/lib/session';
import { setTheme, useTheme, type Theme } from '@/lib/theme';
import { AccountButton } from './account-button';
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

async function signOut(): Promise<void> {
  // The address of the provider's own sign-out, where that is wanted.
  const { url } = await askAuth<{ url?: string }>('/sign-out', {});
  clearDrafts();
  window.location.assign(url ?? '/sign-in');
}

export default function AccountMenu() {
  const text = useText();
  const toast = useToast();
  const theme = useTheme();
  return (
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
            signOut().catch(() => {
              toast({ tone: 'danger', text: text.auth.failed });
            });
          }}
        >
          <LogOut aria-hidden />
          {text.auth.signOut}
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
