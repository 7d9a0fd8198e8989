'use client';
// Who is signed in, for every component: name, zone and locale decide what is shown and how.
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
const TextContext = createContext<Text>(textFor('en'));

export function SessionProvider({ person, children }: { person: Person; children: ReactNode }) {
  const text = useMemo(() => textFor(person.locale), [person.locale]);
  return (
    <PersonContext value={person}>
      <TextContext value={text}>{children}</TextContext>
    </PersonContext>
  );
}

/** The signed-in person; only inside the app's own pages. */
export function usePerson(): Person {
  const person = useContext(PersonContext);
  if (person === null) throw new Error('usePerson needs a signed-in page around it');
  return person;
}

/** The texts in the person's language. */
export function useText(): Text {
  return useContext(TextContext);
}

/** The person's language; English where nobody is signed in. BCP 47. */
export function useLocale(): string {
  return useContext(PersonContext)?.locale ?? 'en';
}
