// Who is an operator, and what operators did. Plain SQL, because the command line uses it too while the web app may be down; imports
// carry .ts because it also runs without Next.
import type { Queryable } from '@todo/runtime/database';
import type { RequiredOf } from '../lib/required-of.ts';

/** Everything that is recorded of operators. */
export type OperatorAction =
  | 'disable'
  | 'enable'
  | 'delete'
  | 'keep'
  | 'promote'
  | 'demote'
  | 'invite'
  | 'withdraw-invitation'
  | 'break'
  | `factor-of-${RequiredOf}`;

/** Who acts: an operator by their account, or somebody at the command line. */
export type ActingOperator = { readonly id: string } | 'command';

/** Records what an operator does, in the transaction that does it. @param subjectId the account that it is done to */
export async function recordAction(
  client: Queryable,
  by: ActingOperator,
  action: OperatorAction,
  subjectId: string | null,
): Promise<void> {
  await client.query(
    `INSERT INTO auth."operatorAction" ("operatorId", "byCommand", "action", "subjectId") VALUES ($1, $2, $3, $4)`,
    [by === 'command' ? null : by.id, by === 'command', action, subjectId],
  );
}

/** An account as the command line finds it. */
interface Found {
  readonly id: string;
  readonly email: string;
  readonly confirmed: boolean;
}

/** The account of an id, or of an address. */
export async function findAccount(
  client: Queryable,
  idOrEmail: string,
): Promise<Found | undefined> {
  const { rows } = await client.query<Found>(
    `SELECT "id", "email", "emailVerified" AS confirmed FROM auth."user" WHERE "id" = $1 OR "email" = lower($1) ORDER BY "id" = $1 DESC LIMIT 1`,
    [idOrEmail],
  );
  return rows[0];
}

/** Makes an account an operator's. @returns false when it was one */
export async function addOperator(client: Queryable, userId: string): Promise<boolean> {
  const { rowCount } = await client.query(
    'INSERT INTO auth."operator" ("userId") VALUES ($1) ON CONFLICT DO NOTHING',
    [userId],
  );
  return rowCount === 1;
}

/** Takes the role away. @returns false when it was none */
export async function removeOperator(client: Queryable, userId: string): Promise<boolean> {
  const { rowCount } = await client.query('DELETE FROM auth."operator" WHERE "userId" = $1', [
    userId,
  ]);
  return rowCount === 1;
}

/** The accounts that were made operators, the first one first. */
export async function listOperators(client: Queryable): Promise<(Found & { since: Date })[]> {
  const { rows } = await client.query<Found & { since: Date }>(
    `SELECT u."id", u."email", u."emailVerified" AS confirmed, o."since" FROM auth."operator" o
     JOIN auth."user" u ON u."id" = o."userId" ORDER BY o."since", u."id"`,
  );
  return rows;
}

/** Whether an account was made an operator's. */
export async function isOperator(client: Queryable, userId: string): Promise<boolean> {
  const { rowCount } = await client.query('SELECT FROM auth."operator" WHERE "userId" = $1', [
    userId,
  ]);
  return rowCount === 1;
}
