// What operators see of people and do to accounts: never their tasks or any other text of theirs but name and address.
import { Problem, notFound } from '@todo/contracts/problem';
import { withTransaction, type Pool, type PoolClient } from '@todo/runtime/database';
import { setStatus } from './account-status';
import { config } from './config';
import { database } from './database';
import { endAllSessions, tellStatus } from './disabled-accounts';
import { wakeErasures } from './erasures';
import { openSession } from './open-session';
import { addOperator, recordAction, removeOperator } from './operators';
import { isListed, roleOf } from './role';
import { secondFactorPolicy } from './second-factor-policy';

const PAGE = 50;
const DAY_MS = 86_400_000;

/** An account as the admin page shows it. */
export interface Person {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly confirmed: boolean;
  readonly createdAt: Date;
  /** The newest session's last renewal, to the hour. */
  readonly lastSeenAt: Date | null;
  /** Why it is an operator's: made one, or by the configuration; null: it is none. */
  readonly operator: 'made' | 'configured' | null;
  readonly disabled: boolean;
  /** Whether a second factor is required of them, and they have none of their own. */
  readonly lacksFactor: boolean;
  /** When it will be erased; null: it stays. */
  readonly eraseAt: Date | null;
}

/** What can be done to an account. */
export type PersonAction = 'disable' | 'enable' | 'delete' | 'keep' | 'promote' | 'demote';

/** The operator of a request. @throws Problem 401 without an open session, 403 for others */
export async function requireOperator(headers: Headers): Promise<{ id: string }> {
  const session = await openSession(headers);
  if ((await roleOf(session.user, session.session)) !== 'operator')
    throw new Problem(403, 'operators-only', 'This is for operators only.');
  return { id: session.user.id };
}

/** People by when they came, a page at a time. @param search part of an address or a name; `after`: the last page's last id */
export async function listPeople(
  pool: Pool,
  { search, after }: { search: string; after: string | null },
): Promise<{ items: Person[]; next: string | null }> {
  const { requiredOf } = await secondFactorPolicy(pool);
  const { rows } = await pool.query<
    Omit<Person, 'operator' | 'lacksFactor'> & { made: boolean; hasFactor: boolean }
  >(
    `SELECT u."id", u."email", u."name", u."emailVerified" AS confirmed, u."createdAt",
       (SELECT max(s."updatedAt") FROM auth."session" s WHERE s."userId" = u."id") AS "lastSeenAt",
       o."userId" IS NOT NULL AS made, coalesce(a."disabled", false) AS disabled, d."eraseAt",
       coalesce(u."twoFactorEnabled", false) OR EXISTS (SELECT FROM auth."passkey" p WHERE p."userId" = u."id") AS "hasFactor"
     FROM auth."user" u LEFT JOIN auth."operator" o ON o."userId" = u."id"
       LEFT JOIN auth."accountStatus" a ON a."userId" = u."id" LEFT JOIN auth.deletion d ON d."userId" = u."id"
     WHERE strpos(lower(u."email" || ' ' || u."name"), lower($1)) > 0
       AND ($2::text IS NULL OR (u."createdAt", u."id") > (SELECT "createdAt", "id" FROM auth."user" WHERE "id" = $2))
     ORDER BY u."createdAt", u."id" LIMIT ${PAGE + 1}`,
    [search, after],
  );
  const items = rows.slice(0, PAGE).map(({ made, hasFactor, ...person }): Person => {
    const listed = isListed({ email: person.email, emailVerified: person.confirmed });
    const operator = made ? 'made' : listed ? 'configured' : null;
    const required =
      requiredOf === 'everybody' || (requiredOf === 'operators' && operator !== null);
    return { ...person, operator, lacksFactor: required && !hasFactor };
  });
  return { items, next: rows.length > PAGE ? (items.at(-1)?.id ?? null) : null };
}

/**
 * Does something to an account, in one transaction with its record.
 * @param self the operator says that they mean themself
 * @returns whether the backend knows; if not, access tokens end once it can be reached
 * @throws Problem 404; 409 for the last operator, for oneself without saying so, and for a role by configuration
 */
export async function changePerson(
  operator: { id: string },
  { id, action, self }: { id: string; action: PersonAction; self: boolean },
): Promise<{ told: boolean }> {
  const takesAway = action === 'disable' || action === 'delete' || action === 'demote';
  if (id === operator.id && takesAway && !self)
    throw new Problem(409, 'yourself', 'This is your own account. Confirm that you mean yourself.');
  await withTransaction(database().pool, async (client) => {
    // one after the other: two operators could otherwise take the role from each other
    await client.query('LOCK TABLE auth."operator" IN SHARE ROW EXCLUSIVE MODE');
    const { rows } = await client.query<{ email: string; emailVerified: boolean }>(
      'SELECT "email", "emailVerified" FROM auth."user" WHERE "id" = $1 FOR UPDATE',
      [id],
    );
    const [person] = rows;
    if (person === undefined) throw notFound('account');
    if (action === 'demote' && isListed(person))
      throw new Problem(
        409,
        'by-configuration',
        'OPERATOR_EMAILS makes this account an operator. Take its address out there.',
      );
    if (takesAway) await requireAnotherOperator(client, id);
    await apply(client, id, action);
    await recordAction(client, operator, action, id);
  });
  if (takesAway) await endAllSessions(id);
  if (action === 'delete') wakeErasures();
  return { told: await tellStatus() };
}

async function apply(client: PoolClient, id: string, action: PersonAction): Promise<void> {
  switch (action) {
    case 'promote':
      await addOperator(client, id);
      return;
    case 'demote':
      await removeOperator(client, id);
      return;
    case 'disable':
    case 'enable':
      await setStatus(client, id, action === 'disable');
      return;
    case 'delete':
      await setStatus(client, id, true);
      await client.query(
        `INSERT INTO auth.deletion ("userId", "eraseAt") VALUES ($1, now() + $2 * interval '1 millisecond')
         ON CONFLICT ("userId") DO NOTHING`,
        [id, config().ACCOUNT_DELETION_GRACE_DAYS * DAY_MS],
      );
      return;
    case 'keep': {
      const { rowCount } = await client.query(
        'DELETE FROM auth.deletion WHERE "userId" = $1 AND "eraseAt" > now()',
        [id],
      );
      if (rowCount === 0)
        throw new Problem(
          409,
          'not-leaving',
          'This account is not to be deleted, or is being deleted now. Load the page again.',
        );
    }
  }
}

/** @throws Problem 409 when nobody else could do what operators do: by account, not disabled, and not leaving */
async function requireAnotherOperator(client: PoolClient, id: string): Promise<void> {
  const { rows } = await client.query<{
    id: string;
    email: string;
    emailVerified: boolean;
    made: boolean;
  }>(
    `SELECT u."id", u."email", u."emailVerified", o."userId" IS NOT NULL AS made
     FROM auth."user" u LEFT JOIN auth."operator" o ON o."userId" = u."id"
     WHERE (o."userId" IS NOT NULL OR u."email" = ANY($1))
       AND NOT EXISTS (SELECT FROM auth."accountStatus" a WHERE a."userId" = u."id" AND a."disabled")
       AND NOT EXISTS (SELECT FROM auth.deletion d WHERE d."userId" = u."id")`,
    [config().OPERATOR_EMAILS],
  );
  const operators = rows.filter((row) => row.made || isListed(row)).map((row) => row.id);
  if (operators.length > 0 && operators.every((one) => one === id))
    throw new Problem(
      409,
      'last-operator',
      'This is the last operator. Make somebody else an operator first.',
    );
}

/** What operators did, the newest first. Names are those of today; an erased person has none. */
export async function listActions(pool: Pool, before: string | null): Promise<ActionEntry[]> {
  const { rows } = await pool.query<ActionEntry>(
    `SELECT a."id"::text, a."at", a."action", a."byCommand", o."email" AS operator, s."email" AS subject
     FROM auth."operatorAction" a LEFT JOIN auth."user" o ON o."id" = a."operatorId" LEFT JOIN auth."user" s ON s."id" = a."subjectId"
     WHERE $1::bigint IS NULL OR a."id" < $1 ORDER BY a."id" DESC LIMIT ${PAGE}`,
    [before],
  );
  return rows;
}

/** One thing that an operator did. */
interface ActionEntry {
  readonly id: string;
  readonly at: Date;
  readonly action: string;
  readonly byCommand: boolean;
  /** Addresses. */
  readonly operator: string | null;
  readonly subject: string | null;
}
