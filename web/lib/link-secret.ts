'use client';
// The secret of a link from a mail. It is in the address's fragment, which no server and no log sees, and leaves the address as soon
// as it is read.
import { useEffect, useState } from 'react';

/** The secret of the address the page was opened with; empty until it is read, and without one. */
export function useLinkSecret(): string {
  const [secret, setSecret] = useState('');
  useEffect(() => {
    const found = window.location.hash.slice(1);
    if (found === '') return;
    // eslint-disable-next-line react-hooks/set-state-in-effect -- the fragment exists in the browser only, and is read once
    setSecret(found);
    window.history.replaceState(window.history.state, '', window.location.pathname);
  }, []);
  return secret;
}
