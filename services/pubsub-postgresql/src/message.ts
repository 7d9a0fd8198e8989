// A message on its way in and on its way out.
import { createHash } from 'node:crypto';

/** What a publisher hands in. */
export interface OutgoingMessage {
  data: Buffer;
  contentType: string;
  metadata: Record<string, string>;
}

/** A message a claim handed out. */
export interface ClaimedMessage {
  /** From the log, or from the group's retries. */
  source: 'log' | 'retry';
  shard: number;
  /** Fencing token of the lease it came with. */
  epoch: string;
  xid: string;
  id: string;
  /** Hash of its partition key; null without one. */
  key: string | null;
  /** Times it was handed out, this one included. */
  attempts: number;
  /** When it was published, by performance.now(); by the server's clock it was so long before the claim. */
  publishedAt: number;
  /** performance.now() after which it must not be delivered; Infinity without a TTL. */
  expiresAt: number;
  contentType: string;
  metadata: Record<string, string>;
  data: Buffer;
}

/** The name of a delivery on the wire: differs for each lease, so a late answer is recognized. */
export function deliveryId(message: ClaimedMessage): string {
  return `${message.shard}.${message.epoch}.${message.id}`;
}

/** Orders messages as the log does: by transaction, then by id. */
export function byPosition(a: ClaimedMessage, b: ClaimedMessage): number {
  return byNumber(a.xid, b.xid) || byNumber(a.id, b.id);
}

/** Orders natural numbers in decimal, without the cost of making a BigInt of each. */
function byNumber(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Name of the metadata entry that holds a message's order key, as in Dapr's Kafka component. */
export const PARTITION_KEY = 'partitionKey';
const TTL = 'ttlInSeconds';

/** The entry `name` of the metadata, its name compared without case. */
export function metadataValue(metadata: Record<string, string>, name: string): string | undefined {
  const direct = metadata[name];
  if (direct !== undefined) return direct;
  const lower = name.toLowerCase();
  return Object.entries(metadata).find(([key]) => key.toLowerCase() === lower)?.[1];
}

/**
 * The number that stands for a partition key, positive and below 2^63. Part of the stored format: every version of the
 * component must compute the same.
 */
export function keyHash(key: string): bigint {
  return createHash('sha256').update(key, 'utf8').digest().readBigUInt64BE(0) >> 1n;
}

/** The shard a key's messages go to. */
export function shardOf(hash: bigint, shards: number): number {
  return Number(hash % BigInt(shards));
}

/**
 * A message's time to live in whole seconds; undefined: for ever.
 * @throws RangeError naming the entry when it is no positive whole number
 */
export function timeToLive(metadata: Record<string, string>): number | undefined {
  const text = metadataValue(metadata, TTL);
  if (text === undefined || text === '') return undefined;
  if (!/^\d{1,10}$/.test(text) || Number(text) === 0) {
    throw new RangeError(
      `metadata ${TTL}: expected a whole number of seconds above 0, got '${text}'`,
    );
  }
  return Number(text);
}
