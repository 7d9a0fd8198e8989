// Work that only a relation's owner may do, as a role that is not the owner: the history belongs to a role that nobody is a
// member of, and who made that role may join it for a moment.
import pg from 'pg';

/**
 * Runs `work` with the rights of a relation's owner, in the caller's transaction.
 * @param relation quoted, with its schema
 * @throws the server's error when the role may not become the owner
 */
export async function asOwner(
  client: pg.ClientBase,
  relation: string,
  work: () => Promise<unknown>,
): Promise<void> {
  const { rows } = await client.query<{ owner: string; me: string; mine: boolean }>(
    `SELECT pg_get_userbyid(relowner) AS owner, current_user AS me, pg_has_role(relowner, 'USAGE') AS mine
     FROM pg_class WHERE oid = $1::regclass`,
    [relation],
  );
  const [row] = rows;
  if (!row) throw new Error(`${relation} is not there`);
  if (row.mine) {
    await work();
    return;
  }
  const [owner, me] = [pg.escapeIdentifier(row.owner), pg.escapeIdentifier(row.me)];
  await client.query(`GRANT ${owner} TO ${me}`);
  await client.query(`SET LOCAL ROLE ${owner}`);
  await work();
  await client.query('RESET ROLE');
  await client.query(`REVOKE ${owner} FROM ${me}`);
}
