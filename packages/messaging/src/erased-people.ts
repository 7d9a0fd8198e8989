// Who was erased, as far as a service must know: events about them may still be on their way, and nothing of them may come
// back. A person is kept as the SHA-256 of their id, so that the table says nothing about anybody.
import { createHash } from 'node:crypto';
import type { EventType } from '@todo/contracts/events';
import { identifier } from '@todo/runtime/database';
import type { Queryable } from '@todo/runtime/database';
import type { Migration } from '@todo/runtime/migrate';

/** The event that erases a person. */
export const ERASURE = 'todo.account.erased.v1' satisfies EventType;

/**
 * The table, and a trigger function for tables that get rows outside of an event's transaction: it refuses a row whose column
 * (named by the trigger) holds an erased person's id. Made with the inbox, which asks the table.
 */
export const erasedPeopleMigration: Migration = {
  name: '000-inbox-2',
  sql: `CREATE TABLE {schema}.erased_people (
      person bytea PRIMARY KEY,
      erased_at timestamptz NOT NULL DEFAULT now()
    );
    CREATE FUNCTION {schema}.refuse_erased_person() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF EXISTS (SELECT 1 FROM {schema}.erased_people WHERE person = sha256(convert_to(to_jsonb(NEW) ->> TG_ARGV[0], 'UTF8'))) THEN
        RAISE EXCEPTION 'this account was erased' USING ERRCODE = 'invalid_parameter_value';
      END IF;
      RETURN NEW;
    END $$`,
};

/** How a person is written in `erased_people`. */
export function personKey(userId: string): Buffer {
  return createHash('sha256').update(userId).digest();
}

/** Whether a person was erased here. */
export async function isErased(
  client: Queryable,
  schema: string,
  userId: string,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `SELECT 1 FROM ${identifier(schema)}.erased_people WHERE person = $1`,
    [personKey(userId)],
  );
  return rowCount === 1;
}
