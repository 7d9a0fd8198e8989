// Where conversations are kept: Dapr's state store, one value a person, written only over the version it was read as. Two
// messages at once (two tabs, two replicas) keep both: who comes second reads again and appends.
//
// The store is a convenience: when it can't be reached, answers are given all the same and say that they are not kept.
import { createHash } from 'node:crypto';
import { isErased } from '@todo/messaging/erased-people';
import { forgetSupersededState } from '@todo/runtime/dapr-state';
import type { Pool } from '@todo/runtime/database';
import type { Logger } from '@todo/runtime/log';
import type { VersionedStates } from '@todo/runtime/sidecar';
import { SidecarError } from '@todo/runtime/sidecar';
import { bounded, conversation as schema, emptyConversation } from './conversation.ts';
import type { ChatMessage, Conversation, Memory } from './conversation.ts';
import { APP_ID, SCHEMA } from '../schema.ts';

/** A conversation in which nothing was said for so long is forgotten by the store, s: 90 days. */
const KEEP_S = 90 * 24 * 3_600;
/** Writes that are tried while others write too. */
const MAX_TRIES = 5;

/** The conversations. */
export interface ConversationStore {
  /** A person's conversation; undefined when the store can't be reached. */
  read: (userId: string) => Promise<Conversation | undefined>;
  /**
   * Appends messages and sets what words refer to from now on.
   * @returns false when it could not be kept
   */
  append: (userId: string, messages: readonly ChatMessage[], memory: Memory) => Promise<boolean>;
  /** Forgets a person's conversation. @throws SidecarError */
  clear: (userId: string) => Promise<void>;
}

/** Makes them. */
export function createConversationStore(options: {
  states: VersionedStates;
  log: Logger;
}): ConversationStore {
  const { states, log } = options;

  async function load(key: string): Promise<{ found: Conversation; etag: string | undefined }> {
    const stored = await states.readVersioned(key);
    if (!stored) return { found: emptyConversation(), etag: undefined };
    const read = schema.safeParse(stored.value);
    if (!read.success) log.warn({ key, err: read.error }, 'a conversation could not be read');
    return { found: read.success ? read.data : emptyConversation(), etag: stored.etag };
  }

  return {
    read: async (userId) => {
      try {
        return (await load(keyOf(userId))).found;
      } catch (error) {
        unreachable(error);
        return undefined;
      }
    },
    append: async (userId, messages, memory) => {
      const key = keyOf(userId);
      try {
        for (let tries = 0; tries < MAX_TRIES; tries += 1) {
          const { found, etag } = await load(key);
          const next: Conversation = {
            format: 1,
            messages: bounded([...found.messages, ...messages]),
            memory,
          };
          if (await states.writeVersioned(key, next, etag, KEEP_S)) return true;
        }
        log.warn({ key }, 'too many concurrent writes to a conversation');
        return false;
      } catch (error) {
        unreachable(error);
        return false;
      }
    },
    clear: async (userId) => {
      await states.deleteState(keyOf(userId));
    },
  };

  function unreachable(error: unknown): void {
    if (!(error instanceof SidecarError)) throw error;
    log.warn({ err: error }, 'the state store is not reachable; the chat is not saved');
  }
}

/**
 * Forgets a person's conversation and what is left of it beside the store.
 * @throws SidecarError when the store can't be asked
 */
export async function forgetConversation(
  pool: Pool,
  states: Pick<VersionedStates, 'deleteState'>,
  userId: string,
): Promise<void> {
  await states.deleteState(keyOf(userId));
  await forgetSupersededState(pool, APP_ID, keyOf(userId));
}

/** A store that keeps nothing of an erased person, whose token lives a little longer than their account. */
export function withoutErased(store: ConversationStore, pool: Pool): ConversationStore {
  return {
    ...store,
    append: async (userId, messages, memory) =>
      !(await isErased(pool, SCHEMA, userId)) && (await store.append(userId, messages, memory)),
  };
}

// A subject may hold any text, a key may not: `||` parts Dapr's prefix from the key.
function keyOf(userId: string): string {
  return `chat-${createHash('sha256').update(userId).digest('hex')}`;
}
