// The words of the trash, in the person's language; apart from the others, because they are loaded later.
import { textOf } from './catalogue';
import { trash as en } from './en-trash';

/** Every text of that part. */
export type TrashText = typeof en;

/** The texts for a locale; English where the language is not there. */
export function trashTextFor(locale: string): TrashText {
  return textOf(locale, 'trash', en);
}
