'use client';
import { ChevronsUpDown, LogOut, Settings } from 'lucide-react';
import Link from 'next/link';
import { postAuth } from '@/lib/auth-api';
import { usePerson, useText } from '@/lib/session';
import { setTheme, useTheme, type Theme } from '@/lib/theme';
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
  await postAuth('/sign-out', {});
  window.location.assign('/sign-in');
}

export function AccountMenu() {
  const text = useText();
  const person = usePerson();
  const toast = useToast();
  const theme = useTheme();
  return (
    <DropdownMenu>
      <DropdownMenuTrigger className="mt-2 flex w-full items-center gap-2.5 rounded-md px-2.5 py-2 text-left text-sm hover:bg-ink/6">
        <span
          aria-hidden
          className="flex size-7 shrink-0 items-center justify-center rounded-full bg-accent-soft text-xs font-semibold text-accent-text uppercase"
        >
          {person.name.slice(0, 1)}
        </span>
        <span className="min-w-0 flex-1">
          <span className="block truncate font-medium">{person.name}</span>
          <span className="block truncate text-xs text-muted">{person.email}</span>
        </span>
        <ChevronsUpDown aria-hidden className="size-4 shrink-0 text-muted" />
      </DropdownMenuTrigger>
      <DropdownMenuContent align="start" className="w-56">
        <DropdownMenuItem asChild>
          <Link href="/account">
            <Settings aria-hidden />
            {text.nav.account}
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
