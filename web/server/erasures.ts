// Erases accounts whose grace period is over: first in the services, through the backend, then here. Each step may be done
// again, so a replica that dies leaves nothing half done that the next pass, of any replica, does not finish.
//
// No poll: a timer for the next account that is due, set when this process starts and when somebody asks. What another replica
// was asked for and died with is found within a day, or when a process starts.
import { setTimeout as sleep } from 'node:timers/promises';
import { ERASURE_AUDIENCE, ERASURE_PATH } from '@todo/contracts/account';
import { withTransaction, type Pool, type Queryable } from '@todo/runtime/database';
import type { Logger } from '@todo/runtime/log';
import { auth } from './auth';
import { forgetAccountTries } from './auth-limits';
import { sendNote } from './backend-note';
import { database } from './database';
import { log } from './log';

/** Accounts in one pass. */
const BATCH = 20;
/** How long the backend may take for one account, ms: it deletes in batches, and goes on where it stopped. */
const ERASE_WITHIN_MS = 120_000;
/** Pauses while something fails, ms. */
const MIN_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 300_000;
/** The longest sleep, ms: a day. */
const MAX_SLEEP_MS = 86_400_000;
/** The order's JWT is good for so long, s. */
const ORDER_LIFETIME_S = 120;

interface Erasures {
  wake: () => void;
  stop: () => void;
}
const globals = globalThis as unknown as { todoErasures?: Erasures };

/** Starts the timer; the schema is there. */
export function startErasures(): Erasures {
  globals.todoErasures ??= scheduleErasures({
    pool: database().pool,
    erase: async (userId) => {
      await eraseInServices(userId);
      await eraseAccount(database().pool, userId);
    },
    log,
  });
  return globals.todoErasures;
}

/** Says that an account may be due. */
export function wakeErasures(): void {
  globals.todoErasures?.wake();
}

/** Erases what is due, one account after the other, and sleeps until the next. */
export function scheduleErasures(options: {
  pool: Pool;
  erase: (userId: string) => Promise<void>;
  log: Pick<Logger, 'info' | 'warn'>;
}): Erasures {
  const stopping = new AbortController();
  let woken = new AbortController();
  let pause = 0;

  async function pass(): Promise<number> {
    const { rows } = await options.pool.query<{ userId: string }>(
      `SELECT "userId" FROM auth.deletion WHERE "eraseAt" <= now() ORDER BY "eraseAt" LIMIT ${BATCH}`,
    );
    let failed = false;
    for (const { userId } of rows) {
      if (stopping.signal.aborted) return 0;
      try {
        await options.erase(userId);
        options.log.info('an account was erased');
      } catch (error) {
        failed = true;
        options.log.warn({ err: error }, 'an account is not erased yet; retrying');
      }
    }
    if (failed) throw new Error('some accounts are not erased yet');
    const { rows: next } = await options.pool.query<{ ms: number | null }>(
      `SELECT extract(epoch FROM min("eraseAt") - now())::float8 * 1000 AS ms FROM auth.deletion`,
    );
    return Math.min(Math.max(next[0]?.ms ?? MAX_SLEEP_MS, 0), MAX_SLEEP_MS);
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      woken = new AbortController();
      let ms: number;
      try {
        ms = await pass();
        pause = 0;
      } catch (error) {
        pause = Math.min(MAX_PAUSE_MS, Math.max(MIN_PAUSE_MS, pause * 2));
        options.log.warn({ err: error, pauseMs: pause }, 'accounts are waiting to be erased');
        ms = pause;
      }
      const signal = AbortSignal.any([stopping.signal, woken.signal]);
      await sleep(ms, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
  void loop();
  return {
    wake: () => {
      woken.abort();
    },
    stop: () => {
      stopping.abort();
    },
  };
}

/** Has the backend erase the person, which tells the other services. @throws Error when it did not */
async function eraseInServices(userId: string): Promise<void> {
  const iat = Math.floor(database().clock.now().getTime() / 1_000);
  const { token } = await auth().api.signJWT({
    body: {
      payload: { sub: userId, aud: ERASURE_AUDIENCE, iat, exp: iat + ORDER_LIFETIME_S },
    },
  });
  await sendNote(ERASURE_PATH, token, ERASE_WITHIN_MS);
}

/** Deletes the account and everything that names it in the schema `auth`, as the catalogue lists it. */
export async function eraseAccount(pool: Pool, userId: string): Promise<void> {
  await withTransaction(pool, async (client) => {
    const { rows } = await client.query<{ email: string }>(
      'SELECT "email" FROM auth."user" WHERE "id" = $1 FOR UPDATE',
      [userId],
    );
    await deleteVerifications(client, [userId, ...rows.map(({ email }) => email)]);
    for (const { email } of rows) await forgetAccountTries(client, { id: userId, email });
    for (const { table, column } of await columnsOfPeople(client))
      await client.query(`DELETE FROM ${table} WHERE ${column} = $1`, [userId]);
    for (const { email } of rows)
      await client.query('DELETE FROM auth."invitation" WHERE "email" = lower($1)', [email]);
    await client.query(
      `UPDATE auth."operatorAction" SET "operatorId" = nullif("operatorId", $1), "subjectId" = nullif("subjectId", $1)
       WHERE $1 IN ("operatorId", "subjectId")`,
      [userId],
    );
    await client.query('DELETE FROM auth."user" WHERE "id" = $1', [userId]);
  });
}

/** Links and codes on their way name a person by address or id, somewhere in texts of better-auth's. */
async function deleteVerifications(client: Queryable, names: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ id: string; text: string }>(
    `SELECT "id", "identifier" || ' ' || "value" AS text FROM auth.verification
     WHERE EXISTS (SELECT 1 FROM unnest($1::text[]) AS name WHERE strpos(lower("identifier" || ' ' || "value"), lower(name)) > 0)`,
    [names],
  );
  const theirs = rows.filter(({ text }) => names.some((name) => containsName(text, name)));
  await client.query('DELETE FROM auth.verification WHERE "id" = ANY($1)', [
    theirs.map(({ id }) => id),
  ]);
}

/** Whether a text contains an address or an id, and not only as a part of a longer one (`ann@…` in `joann@…`). */
export function containsName(text: string, name: string): boolean {
  // better-auth puts `sign-in-otp-` and the like right before an address
  const inText = text.toLowerCase().replace(/\b[a-z0-9-]*otp-/g, ' ');
  const wanted = name.toLowerCase();
  for (let at = inText.indexOf(wanted); at !== -1; at = inText.indexOf(wanted, at + 1)) {
    const before = inText.charAt(at - 1);
    const after = inText.charAt(at + wanted.length);
    if (!/[\w.+%-]/.test(before) && !/[\w-]/.test(after)) return true;
  }
  return false;
}

async function columnsOfPeople(client: Queryable): Promise<{ table: string; column: string }[]> {
  const { rows } = await client.query<{ table: string; column: string }>(
    `SELECT format('auth.%I', c.relname) AS table, format('%I', a.attname) AS column
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
     WHERE c.relnamespace = 'auth'::regnamespace AND c.relkind IN ('r', 'p') AND NOT a.attisdropped
       AND a.attname IN ('userId', 'user_id')
     ORDER BY 1`,
  );
  return rows;
}
