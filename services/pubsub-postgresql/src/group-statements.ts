// The statements of one owner in one group: claim, acknowledge, give back. What the SQL functions give becomes what the
// rest of a subscription works with.
import type { Lease } from './batch.ts';
import type { Database, Row } from './database.ts';
import { payloadPassed } from './memory.ts';
import type { ClaimedMessage } from './message.ts';
import type { ClaimWait } from './pacing.ts';
import type { Settlement } from './settlement.ts';
import { SLOW_ANSWERS, type SlowAnswer } from './slow-messages.ts';

/** What a byte of payload costs on its way in: the driver's buffer, which doubles, and hexadecimal text. */
const GARBAGE_FACTOR = 6;

const SETTLE_AND_CLAIM = `select source, shard, epoch, xid, id, key, attempts, ttl_ms, content_type, metadata, data, wait_ms,
    extract(epoch from clock_timestamp() - published_at)::float8 * 1000 as age_ms
  from dapr_pubsub.settle_and_claim($1, $2, $3::int * interval '1 millisecond', $4::smallint[], $5::bigint[], $6::xid8[],
    $7::bigint[], $8::boolean[], $9::jsonb, $10, $11, $12, $13)`;
const SETTLE = `select dapr_pubsub.settle($1, $2, $3::int * interval '1 millisecond', $4::smallint[], $5::bigint[],
  $6::xid8[], $7::bigint[], $8::boolean[], $9::jsonb, $10) as lost`;
/** Takes back what an own claim took whose answer never came: nothing of it was handed out. $3: shards that are in hand. */
const GIVE_BACK = `update dapr_pubsub.cursors set lease_until = null, owner = null
  where group_id = $1 and owner = $2 and lease_until is not null and shard <> all($3::smallint[])`;

interface ClaimRow extends Row {
  source: 'log' | 'retry' | 'lease' | 'wait' | 'lost';
  shard: number;
  epoch: string;
  xid: string;
  id: string;
  key: string | null;
  attempts: number;
  ttl_ms: number | null;
  age_ms: number | null;
  content_type: string | null;
  metadata: string | null;
  data: Buffer;
  wait_ms: number | null;
}

/** What one claim brought. */
export interface Claimed {
  messages: ClaimedMessage[];
  leases: Lease[];
  /** Shards that another owner has got meanwhile. */
  lost: number[];
  /** Payload bytes. */
  bytes: number;
  wait: ClaimWait;
  /** When it was asked, by performance.now(): its leases last at least visibilityTimeout from then on. */
  askedAt: number;
}

/** The statements; each rejects with the driver's error. */
export interface GroupStatements {
  /** Writes down `settlement`, then claims at most so many messages and about so many bytes. */
  acknowledgeAndClaim: (settlement: Settlement, limit: number, bytes: number) => Promise<Claimed>;
  /** Writes down `settlement`; tried for up to `retryForMs`. */
  acknowledge: (settlement: Settlement, retryForMs: number) => Promise<void>;
  /** Writes down answers for slow messages; returns the ids that are another owner's now. */
  answerSlow: (answers: SlowAnswer[], retryForMs: number) => Promise<Set<string>>;
  /** Ends this owner's leases on all shards but these; tried for up to `retryForMs`. */
  giveBack: (exceptShards: number[], retryForMs: number) => Promise<void>;
}

/**
 * @param options.owner - who claims: a UUID of this subscription
 * @param options.visibilityTimeout - length of a lease, ms
 * @param options.deadTopicId - topic given-up messages go to; null: the table dead_letters
 */
export function createGroupStatements(options: {
  database: Database;
  group: number;
  owner: string;
  visibilityTimeout: number;
  ordered: boolean;
  deadTopicId: () => Promise<number | null>;
}): GroupStatements {
  const { database, group, owner } = options;

  async function deadTopicFor(ops: { op: string }[]): Promise<number | null> {
    return ops.some(({ op }) => op === 'dead') ? options.deadTopicId() : null;
  }

  async function parameters({ ends, exceptions }: Settlement): Promise<unknown[]> {
    return [
      group,
      owner,
      options.visibilityTimeout,
      ends.map((end) => end.shard),
      ends.map((end) => end.epoch),
      ends.map((end) => (end.at === null ? null : end.at === 'unchanged' ? '0' : end.at.xid)),
      ends.map((end) => (end.at === null ? null : end.at === 'unchanged' ? '-1' : end.at.id)),
      ends.map((end) => end.release),
      JSON.stringify(exceptions),
      await deadTopicFor(exceptions),
    ];
  }

  return {
    acknowledgeAndClaim: async (settlement, limit, bytes) => {
      const values = await parameters(settlement);
      const askedAt = performance.now();
      const rows = await database.query<ClaimRow>(SETTLE_AND_CLAIM, [
        ...values,
        options.ordered,
        limit,
        bytes,
      ]);
      return toClaimed(rows, askedAt);
    },
    acknowledge: async (settlement, retryForMs) => {
      await database.withRetries(SETTLE, await parameters(settlement), retryForMs);
    },
    answerSlow: async (answers, retryForMs) => {
      const [row] = await database.withRetries<{ lost: string[] }>(
        SLOW_ANSWERS,
        [group, JSON.stringify(answers), await deadTopicFor(answers)],
        retryForMs,
      );
      return new Set(row?.lost ?? []);
    },
    giveBack: async (exceptShards, retryForMs) => {
      await database.withRetries(GIVE_BACK, [group, owner, exceptShards], retryForMs);
    },
  };
}

function toClaimed(rows: ClaimRow[], askedAt: number): Claimed {
  const claimed: Claimed = {
    messages: [],
    leases: [],
    lost: [],
    bytes: 0,
    wait: { retryDueMs: Infinity, othersLeaseMs: Infinity },
    askedAt,
  };
  for (const row of rows) {
    if (row.source === 'log' || row.source === 'retry') {
      claimed.bytes += row.data.length;
      payloadPassed(row.data.length, GARBAGE_FACTOR);
      claimed.messages.push(toMessage(row, row.source, askedAt));
    } else if (row.source === 'lease') claimed.leases.push({ shard: row.shard, epoch: row.epoch });
    else if (row.source === 'lost') claimed.lost.push(row.shard);
    else
      claimed.wait = {
        retryDueMs: row.wait_ms ?? Infinity,
        othersLeaseMs: row.ttl_ms ?? Infinity,
      };
  }
  return claimed;
}

function toMessage(row: ClaimRow, source: 'log' | 'retry', askedAt: number): ClaimedMessage {
  return {
    source,
    shard: row.shard,
    epoch: row.epoch,
    xid: row.xid,
    id: row.id,
    key: row.key,
    attempts: row.attempts,
    publishedAt: performance.now() - Math.max(0, row.age_ms ?? 0),
    expiresAt: row.ttl_ms === null ? Infinity : askedAt + row.ttl_ms,
    contentType: row.content_type ?? '',
    metadata: row.metadata === null ? {} : (JSON.parse(row.metadata) as Record<string, string>),
    data: row.data,
  };
}
