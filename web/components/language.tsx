'use client';
// The reader's language around every page. English is part of each page; another language is one chunk of its own, and only
// the reader's is loaded. Without it (no network, and never loaded before) the page is English.
import { lazy, type ComponentType, type ReactNode } from 'react';
import { ReaderProvider } from '@/lib/session';
import { languageOf, type Language } from '@/text/languages';

type Around = ComponentType<{ children: ReactNode }>;

function Plain({ children }: { children: ReactNode }) {
  return children;
}

function loaded(load: () => Promise<{ default: Around }>): Around {
  return lazy(() => load().catch(() => ({ default: Plain })));
}

const AROUND: Readonly<Record<Language, Around>> = {
  en: Plain,
  de: loaded(() => import('./languages/german')),
  he: loaded(() => import('./languages/hebrew')),
};

/** @param locale BCP 47, of whoever reads the page */
export function LanguageProvider({ locale, children }: { locale: string; children: ReactNode }) {
  const Loaded = AROUND[languageOf(locale)];
  return (
    <Loaded>
      <ReaderProvider locale={locale}>{children}</ReaderProvider>
    </Loaded>
  );
}
