// Everything that a page needs in Hebrew, in one chunk: the texts, and that arrow keys in menus go from right to left.
import { Direction } from 'radix-ui';
import type { ReactNode } from 'react';
import { addCatalogue, type Catalogue } from '@/text/catalogue';
import texts from '@/text/compiled/he.json';
import { textsFrom } from '@/text/messages';

addCatalogue('he', textsFrom('he', texts) as Catalogue);

export default function Hebrew({ children }: { children: ReactNode }) {
  return <Direction.Provider dir="rtl">{children}</Direction.Provider>;
}
