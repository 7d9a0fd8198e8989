// What to write down about one message, by what became of it. A message of the log is parked in the group's retries; one
// that came from there already has a row, which is changed.
import type { ClaimedMessage } from './message.ts';
import { cleanReason, type Exception } from './settlement.ts';

/** It was handled, or expired; undefined: the position in the log says so already. */
export function done({ source, shard, id }: ClaimedMessage): Exception | undefined {
  return source === 'retry' ? { op: 'ack', shard, id } : undefined;
}

/** Its handler failed; it is delivered again after `ms` milliseconds. */
export function failed(message: ClaimedMessage, ms: number, reason: string): Exception {
  const { source, shard, xid, id, attempts } = message;
  const error = cleanReason(reason);
  return source === 'log'
    ? { op: 'park', shard, xid, id, attempts, ms, error }
    : { op: 'fail', shard, id, ms, error };
}

/** It ran out of deliveries: a log message is parked first, then all move to the dead letters. */
export function givenUp(
  message: ClaimedMessage,
  reason: string,
  deadMetadata: Record<string, string>,
): { parked: Exception | undefined; dead: Exception } {
  const { source, shard, xid, id, attempts } = message;
  const error = cleanReason(reason);
  return {
    parked: source === 'log' ? { op: 'park', shard, xid, id, attempts, ms: 0, error } : undefined,
    dead: { op: 'dead', shard, id, error, metadata: JSON.stringify(deadMetadata) },
  };
}

/** It was claimed and not sent: the attempt does not count. */
export function notSent(message: ClaimedMessage): Exception {
  const { source, shard, xid, id, attempts } = message;
  return source === 'log'
    ? { op: 'park', shard, xid, id, attempts: 0, ms: 0 }
    : { op: 'return', shard, id, attempts: attempts - 1 };
}

/** It is still being handled and gets a lease of its own for `ms` milliseconds. */
export function stillHandled(message: ClaimedMessage, ms: number): Exception {
  const { source, shard, xid, id, attempts } = message;
  return source === 'log'
    ? { op: 'park', shard, xid, id, attempts, ms }
    : { op: 'hold', shard, id, ms };
}
