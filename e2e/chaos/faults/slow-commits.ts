// Transactions that commit late: a deferred trigger sleeps just before the commit, while a switch is on.

/** Runs a statement as superuser. */
type AsAdmin = (statement: string) => Promise<{ readonly rows: readonly unknown[] }>;

/** Tables whose transactions commit late: events on their way to the topic, and those in it. */
const SLOW_TABLES = ['todo.outbox', 'recurring.outbox', 'dapr_pubsub.messages'];
/** How many of their transactions do, of 100, and how late at most, ms. */
const SLOW_PERCENT = 30;
const SLOWEST_MS = 900;

/**
 * Makes `slowCommits` possible, once, while nobody holds the tables: a trigger that runs just before the commit, and a switch. Later
 * its lock would queue behind everybody, and everybody behind it.
 */
export async function prepareSlowCommits(asAdmin: AsAdmin): Promise<void> {
  await asAdmin(
    `CREATE TABLE public.chaos (slow boolean NOT NULL);
     INSERT INTO public.chaos VALUES (false);
     CREATE FUNCTION public.chaos_slow_commit() RETURNS trigger LANGUAGE plpgsql
     SECURITY DEFINER SET search_path = pg_catalog AS $$
     BEGIN
       IF random() * 100 < ${SLOW_PERCENT} AND (SELECT slow FROM public.chaos) THEN
         PERFORM pg_sleep(random() * ${SLOWEST_MS / 1_000});
       END IF;
       RETURN NULL;
     END $$`,
  );
  for (const table of SLOW_TABLES) {
    const { rows } = await asAdmin(`SELECT to_regclass('${table}') AS found`);
    if ((rows as { found: string | null }[])[0]?.found === null) continue; // no such table with Kafka
    await asAdmin(
      `CREATE CONSTRAINT TRIGGER chaos_slow_commit AFTER INSERT ON ${table}
       DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.chaos_slow_commit()`,
    );
  }
}

/** Lets some transactions take long to commit, as a slow disk or a synchronous standby does: others that began later come first. */
export async function slowCommits(asAdmin: AsAdmin): Promise<() => Promise<void>> {
  await asAdmin('UPDATE public.chaos SET slow = true');
  return async () => {
    await asAdmin('UPDATE public.chaos SET slow = false');
  };
}
