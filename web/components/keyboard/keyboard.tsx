'use client';
// The keyboard: what it can do is loaded after the first load, or with the first key that may mean something.
import { useEffect, useState, type ComponentType } from 'react';
import { AFTER_FIRST_LOAD_MS } from '../loaded-later';
/** Where letters are typed: in a row's other controls they are keys already. */
const TYPED =
  'input:not([type=checkbox]):not([type=radio]),textarea,select,dialog,[contenteditable]';

export function Keyboard() {
  const [Part, setPart] = useState<ComponentType<{ first: KeyboardEvent | undefined }>>();
  const [first, setFirst] = useState<KeyboardEvent>();
  useEffect(() => {
    const left = new AbortController();
    const { signal } = left;
    const begin = () => {
      import('./keyboard-part').then(
        (part) => {
          if (signal.aborted) return;
          left.abort(); // it listens itself from now on
          setPart(() => part.default);
        },
        () => undefined, // the next key tries again
      );
    };
    const timer = setTimeout(begin, AFTER_FIRST_LOAD_MS);
    window.addEventListener(
      'keydown',
      (event) => {
        const palette = (event.ctrlKey || event.metaKey) && event.key === 'k';
        const typed = event.target instanceof Element && event.target.closest(TYPED) !== null;
        if (typed && !palette) return;
        if (palette || event.key === '/') event.preventDefault();
        setFirst(event);
        begin();
      },
      { signal },
    );
    return () => {
      clearTimeout(timer);
      left.abort();
    };
  }, []);
  return Part === undefined ? null : <Part first={first} />;
}
