'use client';
import { lazy, Suspense, useState } from 'react';
import { AccountButton } from './account-button';

const load = () => import('./account-menu');
const AccountMenu = lazy(load);

function preload(): void {
  load().catch(() => undefined); // offline: the click tries again
}

/** The account's button; its menu is loaded when it is about to be opened. */
export function Account() {
  const [open, setOpen] = useState(false);
  return open ? (
    <Suspense fallback={<AccountButton aria-busy />}>
      <AccountMenu />
    </Suspense>
  ) : (
    <AccountButton
      onPointerEnter={preload}
      onFocus={preload}
      onClick={() => {
        setOpen(true);
      }}
    />
  );
}
