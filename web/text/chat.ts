// The words of the assistant's panel in the person's language; apart from the others, because it is loaded later.
import { chat as en } from './en-chat';

/** Every text of that panel. */
export type ChatText = typeof en;

const languages: Record<string, ChatText> = { en };

/** The texts for a locale; English where the language is not there yet. */
export function chatTextFor(locale: string): ChatText {
  return languages[locale.split('-')[0] ?? 'en'] ?? en;
}
