// The words of the trash, in the person's language; apart from the others, because they are loaded later.
import { trash as en } from './en-trash';

/** Every text of that part. */
export type TrashText = typeof en;

const languages: Record<string, TrashText> = { en };

/** The texts for a locale; English where the language is not there yet. */
export function trashTextFor(locale: string): TrashText {
  return languages[locale.split('-')[0] ?? 'en'] ?? en;
}
