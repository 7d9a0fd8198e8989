'use client';
// The secret of a link from a mail. It is in the address's fragment, which no server and no log sees, and leaves the address as soon
// as it is read.
import { useEffect, useState } from 'react';

/** The secret of the address the page was opened with; empty until it is read, and without one. */
export function useLinkSecret(): string {
  const [secret, setSecret] = useState('');
  useEffect(() => {
    const read = () => {
      const found = window.location.hash.slice(1);
      if (found === '') return;
      setSecret(found);
      window.history.replaceState(window.history.state, '', window.location.pathname);
    };
    read();
    window.addEventListener('hashchange', read); // a link that is opened on this very page
    return () => {
      window.removeEventListener('hashchange', read);
    };
  }, []);
  return secret;
}
