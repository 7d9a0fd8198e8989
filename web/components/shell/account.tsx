'use client';
import { useState } from 'react';
import { loadedLater } from '../loaded-later';
import { AccountButton } from './account-button';

const AccountMenu = loadedLater(() => import('./account-menu'));

/** The account's button; its menu is loaded when it is about to be opened. */
export function Account() {
  const [open, setOpen] = useState(false);
  return open ? (
    <AccountMenu fallback={<AccountButton aria-busy />} />
  ) : (
    <AccountButton
      onPointerEnter={AccountMenu.preload}
      onFocus={AccountMenu.preload}
      onClick={() => {
        setOpen(true);
      }}
    />
  );
}
