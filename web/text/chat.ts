// The words of the assistant's panel in the person's language; apart from the others, because it is loaded later.
import { textOf } from './catalogue';
import { chat as en } from './en-chat';

/** Every text of that panel. */
export type ChatText = typeof en;

/** The texts for a locale; English where the language is not there. */
export function chatTextFor(locale: string): ChatText {
  return textOf(locale, 'chat', en);
}
