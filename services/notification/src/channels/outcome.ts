// What became of one try to send, the same for every channel. A message goes out at most once: what may have arrived is
// never sent again, and only what surely has not is.
import { isolated, shortened } from '@todo/contracts/text';

/** See the file's head. */
export type Outcome =
  /** The other side took it. */
  | { readonly kind: 'delivered' }
  /** It surely did not arrive; another try may help. `afterMs`: the other side asked to wait so long. */
  | { readonly kind: 'retry'; readonly reason: string; readonly afterMs?: number | undefined }
  /** It surely did not arrive and never will. */
  | { readonly kind: 'refused'; readonly reason: string; readonly gone?: boolean }
  /** It went out and no answer came back. */
  | { readonly kind: 'uncertain'; readonly reason: string };

/** What a channel says. */
export interface Message {
  readonly notificationId: string;
  readonly taskId: string | null;
  readonly kind: string;
  readonly title: string;
  /** When the task is due, in words; null without due. */
  readonly dueText: string | null;
  /** The instant the reminder was for, UTC. */
  readonly remindAt: string;
  readonly late: boolean;
  /** Where the task is on the web; null where that is not known. */
  readonly url: string | null;
}

/**
 * The message in one line, late ones marked.
 * @param max longest title in it, in code points.
 */
export function headline(message: Message, max = Number.POSITIVE_INFINITY): string {
  const line = isolated(
    shortened(message.title.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim(), max),
  );
  return message.late ? `Late: ${line}` : line;
}
