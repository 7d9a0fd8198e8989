// The commands that change something, and only with --yes. Each change is a transaction of its own that is safe beside running
// components: a lease is ended by its epoch, a message by the number of its delivery.
import type { Row } from '../database.ts';
import { keyHash, metadataValue, PARTITION_KEY, shardOf } from '../message.ts';
import { EXIT, type Request } from './arguments.ts';
import type { CliDatabase } from './connection.ts';
import { DEAD_LETTERS_WHERE, find, lag, NotFoundError } from './reading.ts';
import type { Cell, Report } from './report.ts';

const SKIPPED = 'skipped by an operator';
const NOTHING_CHANGED = 'Nothing was changed: add --yes to do it.';

interface DeadRow extends Row {
  dead_letter_id: string;
  topic: string;
  group_name: string;
  metadata: string | null;
  topic_id: number | null;
  group_id: number | null;
  shards: number | null;
}

/**
 * Delivers dead letters again, to the group that gave them up: each becomes one of its retries, with all its deliveries before
 * it, behind what waits for the same partition key.
 */
export async function replay(database: CliDatabase, request: Request): Promise<Report> {
  const letters = await database.read.query<DeadRow>(
    `select d.dead_letter_id, d.topic, d.group_name, d.metadata, t.topic_id, t.shards, g.group_id
     from (select * from dapr_pubsub.dead_letters where ${DEAD_LETTERS_WHERE}) d
     left join dapr_pubsub.topics t on t.name = d.topic
     left join dapr_pubsub.groups g on g.topic_id = t.topic_id and g.name = d.group_name
     order by d.dead_letter_id`,
    [request.topic ?? null, request.group ?? null, request.id ?? null],
  );
  if (request.id !== undefined && letters.length === 0)
    throw new NotFoundError(`dead letter ${request.id} does not exist`);
  const rows: Record<string, Cell>[] = [];
  for (const letter of letters) {
    rows.push({
      id: letter.dead_letter_id,
      topic: letter.topic,
      group: letter.group_name,
      result: await replayOne(database, letter, request.yes),
    });
  }
  const missed = rows.some(({ result }) => result !== 'replayed' && result !== 'would replay');
  return {
    name: 'deadLetters',
    rows,
    ...(!request.yes && { note: NOTHING_CHANGED }),
    exitCode: missed ? EXIT.failed : EXIT.done,
  };
}

async function replayOne(database: CliDatabase, letter: DeadRow, yes: boolean): Promise<string> {
  const { group_id: groupId, topic_id: topicId, shards } = letter;
  if (groupId === null || topicId === null || shards === null) return 'its group no longer exists';
  if (!yes) return 'would replay';
  const hash = hashOf(letter.metadata);
  const shard =
    hash === undefined
      ? Number(BigInt(letter.dead_letter_id) % BigInt(shards))
      : shardOf(hash, shards);
  const moved = await database.change(async (query) => {
    // The row of the retries first: where it is there already, the message waits for redelivery, and the letter stays.
    const gone = await query(
      `with put as (
         insert into dapr_pubsub.retries (group_id, id, shard, xid, key, attempts, due_at, published_at, content_type, metadata, data)
         select $2, d.message_id, $3, pg_current_xact_id(), $4, 0, clock_timestamp(), d.published_at, d.content_type,
           d.metadata, d.data
         from dapr_pubsub.dead_letters d where d.dead_letter_id = $1
         on conflict do nothing returning id)
       delete from dapr_pubsub.dead_letters d using put where d.dead_letter_id = $1 returning d.dead_letter_id`,
      [letter.dead_letter_id, groupId, shard, hash?.toString() ?? null],
    );
    if (gone.length > 0) await wake(query, database.channel, topicId);
    return gone.length > 0;
  });
  return moved ? 'replayed' : 'is already being delivered';
}

function hashOf(metadata: string | null): bigint | undefined {
  const parsed = JSON.parse(metadata ?? '{}') as Record<string, string>;
  const key = metadataValue(parsed, PARTITION_KEY);
  return key === undefined || key === '' ? undefined : keyHash(key);
}

async function wake(
  query: (text: string, values: unknown[]) => Promise<unknown>,
  channel: string,
  topicId: number,
): Promise<void> {
  await query('select pg_notify($1, $2)', [channel, String(topicId)]);
}

/** Gives up one message that waits for redelivery, or everything that a group has not read. */
export async function skip(database: CliDatabase, request: Request): Promise<Report> {
  const topic = request.topic ?? '';
  const { groupId, topicId } = await find(database, topic, request.group);
  if (groupId === undefined) throw new NotFoundError(`group: topic '${topic}' has none`);
  return request.all
    ? skipAll(database, request, groupId)
    : skipOne(database, request, { groupId, topicId });
}

async function skipOne(
  database: CliDatabase,
  { id = '', topic = '', group = '', yes }: Request,
  target: { groupId: number; topicId: number },
): Promise<Report> {
  const [row] = await database.read.query<{ attempts: number; metadata: string | null }>(
    'select attempts, metadata from dapr_pubsub.retries where group_id = $1 and id = $2',
    [target.groupId, id],
  );
  if (!row)
    throw new NotFoundError(
      `message ${id}: does not wait for redelivery in group '${group}'; peek shows those that have attempts`,
    );
  const { attempts, metadata } = row;
  const isLost = yes && (await giveUp(database, target, { id, attempts, metadata }));
  const result = isLost ? 'was delivered again in the meantime' : yes ? 'skipped' : 'would skip';
  return {
    name: 'messages',
    rows: [{ id, topic, group, attempts, result }],
    note: isLost
      ? 'Run peek again before you skip it.'
      : yes
        ? 'It is a dead letter now: dead lists it, replay delivers it again.'
        : NOTHING_CHANGED,
    exitCode: isLost ? EXIT.failed : EXIT.done,
  };
}

/** @returns true when it was delivered again, or settled, since it was looked up: nothing was done */
async function giveUp(
  database: CliDatabase,
  { groupId, topicId }: { groupId: number; topicId: number },
  message: { id: string; attempts: number; metadata: string | null },
): Promise<boolean> {
  return database.change(async (query) => {
    const [settled] = await query<{ lost: string[] }>(
      'select dapr_pubsub.settle_slow($1, $2, null) as lost',
      [groupId, JSON.stringify([{ op: 'dead', error: SKIPPED, ...message }])],
    );
    await wake(query, database.channel, topicId);
    return (settled?.lost.length ?? 0) > 0;
  });
}

/** The position moves behind everything committed; what waits for redelivery becomes dead letters. */
async function skipAll(database: CliDatabase, request: Request, groupId: number): Promise<Report> {
  const { topic = '', group = '', yes } = request;
  const before = await lag(database, { topic, group, exact: true });
  const unread = before.rows[0]?.['unread'] ?? 0;
  if (yes) {
    await database.change(async (query) => {
      // Cursors first, as components lock them. A lease ends with its epoch: its holder can settle nothing any more.
      await query(
        `update dapr_pubsub.cursors set seen = pg_current_snapshot(), target = null, at_xid = '0', at_id = 0,
           claim_xid = null, claim_id = null, claim_last = false, claimed = 0, careful = 0, attempts = 0,
           epoch = epoch + 1, owner = null, lease_until = null
         where group_id = $1`,
        [groupId],
      );
      await query(
        `select dapr_pubsub.bury($1, r.id, $2, r.metadata, null)
         from (select id, metadata from dapr_pubsub.retries where group_id = $1 order by id) r`,
        [groupId, SKIPPED],
      );
    });
  }
  return {
    name: 'groups',
    rows: [{ topic, group, unread, result: yes ? 'skipped' : 'would skip' }],
    note: yes
      ? 'Messages that waited for redelivery are in the dead letters; the others cannot be delivered to this group again.'
      : NOTHING_CHANGED,
    exitCode: EXIT.done,
  };
}
