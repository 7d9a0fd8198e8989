'use client';
// Who reads, and who is signed in, for every component: name, zone and locale decide what is shown and how.
import { createContext, useContext, useMemo, type ReactNode } from 'react';
import { textFor, type Text } from '@/text';

/** The signed-in person. */
export interface Person {
  id: string;
  name: string;
  email: string;
  /** IANA zone. */
  zone: string;
  /** BCP 47. */
  locale: string;
  role: 'user' | 'operator';
  /** False when this system runs without its audit part. */
  history: boolean;
}

const PersonContext = createContext<Person | null>(null);
const ReaderContext = createContext<{ locale: string; text: Text }>({
  locale: 'en',
  text: textFor('en'),
});

/** @param locale BCP 47, of whoever reads the page, signed in or not; its language is loaded */
export function ReaderProvider({ locale, children }: { locale: string; children: ReactNode }) {
  const reader = useMemo(() => ({ locale, text: textFor(locale) }), [locale]);
  return <ReaderContext value={reader}>{children}</ReaderContext>;
}

export function SessionProvider({ person, children }: { person: Person; children: ReactNode }) {
  return <PersonContext value={person}>{children}</PersonContext>;
}

/** The signed-in person; only inside the app's own pages. */
export function usePerson(): Person {
  const person = useContext(PersonContext);
  if (person === null) throw new Error('usePerson needs a signed-in page around it');
  return person;
}

/** The texts in the reader's language. */
export function useText(): Text {
  return useContext(ReaderContext).text;
}

/** The reader's locale: the account's, or what the browser asks for where nobody is signed in. BCP 47. */
export function useLocale(): string {
  return useContext(ReaderContext).locale;
}
