// Erases what a service's messaging holds of a person: events that wait in the outbox, and dead letters. What the service keeps
// in tables of its own goes in the same transaction, by the service.
//
//   lock the inbox → remember the person as erased → delete
//        │
//        └ waits for events whose effect is being stored (each has a row in the inbox), so that none of them is missed; those
//          that come after the lock find the person erased.
import { identifier } from '@todo/runtime/database';
import type { Queryable } from '@todo/runtime/database';
import { personKey } from './erased-people.ts';

/**
 * Remembers a person as erased and deletes their events here. Again, it changes nothing.
 * @param client inside a transaction, before anything else is deleted in it.
 */
export async function eraseMessages(
  client: Queryable,
  schema: string,
  userId: string,
): Promise<void> {
  const own = identifier(schema);
  await client.query(`LOCK TABLE ${own}.inbox IN SHARE ROW EXCLUSIVE MODE`);
  await client.query(
    `INSERT INTO ${own}.erased_people (person) VALUES ($1) ON CONFLICT DO NOTHING`,
    [personKey(userId)],
  );
  await client.query(`DELETE FROM ${own}.outbox WHERE data ->> 'userId' = $1`, [userId]);
  await deleteDeadLetters(client, `${own}.dead_letters`, userId);
}

/** Dead letters are kept as bytes, whatever they hold: the candidates contain the id, and are read. */
async function deleteDeadLetters(client: Queryable, table: string, userId: string): Promise<void> {
  const text = Buffer.from(JSON.stringify(userId).slice(1, -1));
  const { rows } = await client.query<{ id: string; raw: Buffer }>(
    `SELECT id, raw FROM ${table} WHERE position($1::bytea IN raw) > 0 OR position('"data_base64"'::bytea IN raw) > 0`,
    [text],
  );
  const theirs = rows.filter(({ raw }) => isAbout(raw, userId)).map(({ id }) => id);
  if (theirs.length > 0) await client.query(`DELETE FROM ${table} WHERE id = ANY($1)`, [theirs]);
}

/**
 * Whether an event, as it came, is about a person.
 * @returns for one that says whose it is, whether it is theirs; for one that does not, whether it mentions their id.
 */
export function isAbout(raw: Buffer, userId: string): boolean {
  const owner = ownerOf(raw);
  return owner === undefined ? mentions(raw, userId) : owner === userId;
}

/** The person an event's data names; undefined where nothing can be read. */
export function ownerOf(raw: Buffer): string | undefined {
  const outer = record(parsed(raw.toString('utf8')));
  const encoded = outer?.['data_base64'];
  const data =
    typeof encoded === 'string' ? Buffer.from(encoded, 'base64').toString('utf8') : outer?.['data'];
  const inner = record(typeof data === 'string' ? parsed(data) : data);
  return typeof inner?.['userId'] === 'string' ? inner['userId'] : undefined;
}

/** The id as a JSON text, also inside of text that is JSON itself. */
function mentions(raw: Buffer, userId: string): boolean {
  const text = raw.toString('utf8');
  return text.includes(JSON.stringify(userId)) || text.includes(`\\"${userId}\\"`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function record(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)
    : undefined;
}
