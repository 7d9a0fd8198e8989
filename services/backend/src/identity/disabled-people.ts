// People whose accounts are disabled. Their sessions have ended; what is left are access tokens, which are refused meanwhile and work
// again afterwards.
import type { Queryable } from '@todo/runtime/database';

/** What the web app says of an account. */
export interface Disabling {
  readonly userId: string;
  readonly disabled: boolean;
  /** When it said so (UTC). */
  readonly asOf: Date;
}

/** Notes whether a person is disabled; what is older than what is known changes nothing. */
export async function setDisabled(client: Queryable, disabling: Disabling): Promise<void> {
  await client.query(
    `INSERT INTO todo.disabled_people AS d (user_id, disabled, as_of) VALUES ($1, $2, $3)
     ON CONFLICT (user_id) DO UPDATE SET disabled = excluded.disabled, as_of = excluded.as_of WHERE d.as_of <= excluded.as_of`,
    [disabling.userId, disabling.disabled, disabling.asOf],
  );
}
