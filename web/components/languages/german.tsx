// Everything that a page needs in German, in one chunk.
import type { ReactNode } from 'react';
import { addCatalogue, type Catalogue } from '@/text/catalogue';
import texts from '@/text/compiled/de.json';
import { textsFrom } from '@/text/messages';

addCatalogue('de', textsFrom('de', texts) as Catalogue);

export default function German({ children }: { children: ReactNode }) {
  return children;
}
