// `npm run account -- operator …`: who is an operator, decided at the command line and never by who signs up first.
import { withTransaction, type Pool, type Queryable } from '@todo/runtime/database';
import { endSessions } from '../server/accounts.ts';
import {
  addOperator,
  findAccount,
  listOperators,
  recordAction,
  removeOperator,
} from '../server/operators.ts';

/** What each prints, for an account by its id or address. @throws Error for the person */
export const OPERATOR_COMMANDS: Readonly<
  Record<string, (pool: Pool, idOrEmail: string) => Promise<string>>
> = {
  'operator list': async (pool) =>
    (await listOperators(pool)).map(({ email, id }) => `${email}\t${id}`).join('\n') ||
    'No operators.',
  'operator add': (pool, idOrEmail) =>
    withTransaction(pool, async (client) => {
      const account = await accountOf(client, idOrEmail);
      if (account.id !== idOrEmail && !account.confirmed)
        throw new Error(
          `The address ${account.email} is not confirmed: anybody may have signed up with it. Confirm it ("verify"), or name the account by its id ("list").`,
        );
      if (!(await addOperator(client, account.id)))
        return `${account.email} is an operator already.`;
      await recordAction(client, 'command', 'promote', account.id);
      return `${account.email} is an operator now.`;
    }),
  'operator remove': async (pool, idOrEmail) => {
    const account = await accountOf(pool, idOrEmail);
    await withTransaction(pool, async (client) => {
      if (!(await removeOperator(client, account.id)))
        throw new Error(
          `${account.email} was not made an operator. "operator list" shows who was.`,
        );
      await recordAction(client, 'command', 'demote', account.id);
    });
    await endSessions(pool, account.email);
    return `${account.email} is no longer an operator.`;
  },
};

async function accountOf(
  client: Queryable,
  idOrEmail: string,
): Promise<NonNullable<Awaited<ReturnType<typeof findAccount>>>> {
  const account = await findAccount(client, idOrEmail);
  if (account === undefined)
    throw new Error(`No account has the id or address ${idOrEmail}. "list" shows every account.`);
  return account;
}
