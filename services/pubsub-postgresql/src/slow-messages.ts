// Messages in flight that outlived their batch: each has a lease of its own, a row in `retries` that falls due when the
// lease ends. The number of the delivery fences it: who claims the row raises the number, and late answers match nothing.
import type { BatchRules } from './batch.ts';
import type { ClaimedMessage } from './message.ts';
import { cleanReason } from './settlement.ts';

/** What the SQL function `settle_slow` is told about one message. */
export type SlowAnswer =
  | { op: 'ack' | 'return'; id: string; attempts: number }
  | { op: 'renew'; id: string; attempts: number; ms: number }
  | { op: 'fail'; id: string; attempts: number; ms: number; error: string }
  | { op: 'dead'; id: string; attempts: number; error: string; metadata: string };

/** Statement: group, answers as JSON, number of the dead-letter topic. One row: the ids that are not ours any more. */
export const SLOW_ANSWERS = `select dapr_pubsub.settle_slow($1, $2::jsonb, $3) as lost`;

/** A subscription's slow messages. */
export interface SlowMessages {
  size: () => number;
  add: (message: ClaimedMessage) => void;
  /** An answer came: what to write; undefined when the lease was lost before. */
  acknowledge: (message: ClaimedMessage, error: string | undefined) => SlowAnswer | undefined;
  renewals: () => SlowAnswer[];
  /** Answers were written; returns the messages whose renewal found that another owner has them. */
  written: (answers: SlowAnswer[], lost: Set<string>) => ClaimedMessage[];
  /** Closing: all go back, undelivered. */
  returns: () => SlowAnswer[];
}

/** @param rules - visibilityTimeout in milliseconds */
export function createSlowMessages(
  rules: BatchRules & { visibilityTimeout: number },
): SlowMessages {
  const held = new Map<string, ClaimedMessage>();

  function answerFor(message: ClaimedMessage, error: string | undefined): SlowAnswer {
    const { id, attempts } = message;
    if (error === undefined) return { op: 'ack', id, attempts };
    if (attempts < rules.maxDeliveries)
      return { op: 'fail', id, attempts, ms: rules.backoffMs(attempts), error: cleanReason(error) };
    rules.onDead(message, error);
    const metadata = JSON.stringify(rules.deadMetadata(message, error));
    return { op: 'dead', id, attempts, error: cleanReason(error), metadata };
  }

  return {
    size: () => held.size,
    add: (message) => {
      held.set(message.id, message);
    },
    acknowledge: (message, error) =>
      held.delete(message.id) ? answerFor(message, error) : undefined,
    renewals: () =>
      [...held.values()].map(({ id, attempts }) => ({
        op: 'renew',
        id,
        attempts,
        ms: rules.visibilityTimeout,
      })),
    written: (answers, lost) => {
      const gone: ClaimedMessage[] = [];
      for (const { op, id, attempts } of answers) {
        const message = held.get(id);
        if (op !== 'renew' || message?.attempts !== attempts || !lost.has(id)) continue;
        held.delete(id);
        gone.push(message);
      }
      return gone;
    },
    returns: () => {
      const all = [...held.values()].map(({ id, attempts }) => ({
        op: 'return' as const,
        id,
        attempts,
      }));
      held.clear();
      return all;
    },
  };
}
