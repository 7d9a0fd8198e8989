// What the SQL function `settle` is told about batches.

/** Something other than a plain success. */
export type Exception =
  | {
      op: 'park';
      shard: number;
      xid: string;
      id: string;
      attempts: number;
      ms: number;
      error?: string;
    }
  | { op: 'ack'; shard: number; id: string }
  | { op: 'return'; shard: number; id: string; attempts: number }
  | { op: 'hold'; shard: number; id: string; ms: number }
  | { op: 'fail'; shard: number; id: string; ms: number; error: string }
  | { op: 'dead'; shard: number; id: string; error: string; metadata: string };

/** For one shard: up to where all is settled. `at` null: the whole batch; 'unchanged': nothing. */
export interface ShardEnd {
  shard: number;
  epoch: string;
  at: { xid: string; id: string } | 'unchanged' | null;
  release: boolean;
}

/** What became of the shards' messages. */
export interface Settlement {
  ends: ShardEnd[];
  exceptions: Exception[];
}

/** Several batches' settlements in one. A shard is in one batch at a time, so they never contradict each other. */
export function mergeSettlements(parts: Settlement[]): Settlement {
  return {
    ends: parts.flatMap((part) => part.ends),
    exceptions: parts.flatMap((part) => part.exceptions),
  };
}

/** What PostgreSQL's json and text types can hold of a reason. */
export function cleanReason(text: string): string {
  return text.replaceAll('\u0000', '\uFFFD').toWellFormed().slice(0, 2_000);
}
