// Which language a page is answered in: the account's, or what the browser asks for where nobody is signed in.
import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { cache } from 'react';
import { textFor, type Text } from '@/text';
import '@/text/every-language';
import { acceptedLocale } from './accepted-locale';
import { currentPerson } from './session';

/** The locale of whoever reads this answer. BCP 47. */
export const readerLocale = cache(
  async (): Promise<string> =>
    (await currentPerson())?.locale ?? acceptedLocale((await headers()).get('accept-language')),
);

/** The texts of this answer. */
export async function readerText(): Promise<Text> {
  return textFor(await readerLocale());
}

/** Makes a page's metadata: its title, in the reader's language. @param more what else the page says about itself */
export function titled(
  title: (locale: string) => string,
  more: Metadata = {},
): () => Promise<Metadata> {
  return async () => ({ ...more, title: title(await readerLocale()) });
}
