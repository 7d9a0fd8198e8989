// What must be true of the database before the first message: the schema is there, the direct address is direct, and
// positions belong to this cluster.
import type { Logger } from 'pino';
import type { ComponentMetadata } from './component-metadata.ts';
import type { Database } from './database.ts';
import { describeError, isMisconfigured } from './database-errors.ts';
import { PooledAddressError, proveDirect } from './direct-address.ts';
import { migrate, SchemaMismatchError } from './migrate.ts';

const TRY_AGAIN_MS = 500;

/**
 * Tries until it works, or `isClosed`.
 * @throws when only a person can help: PooledAddressError, SchemaMismatchError, or the server's error
 */
export async function prepareDatabase(options: {
  metadata: ComponentMetadata;
  database: Database;
  isClosed: () => boolean;
  log: Logger;
}): Promise<void> {
  const { metadata, log } = options;
  const direct = metadata.directConnectionString ?? metadata.connectionString;
  let complained = false;
  while (!options.isClosed()) {
    try {
      const applied = await migrate(direct, metadata.schema);
      if (applied.length > 0)
        log.info({ schema: metadata.schema, applied }, 'the schema is up to date');
      await proveDirect(
        direct,
        metadata.connectionString,
        metadata.directConnectionString ? 'directConnectionString' : 'connectionString',
      );
      await checkOrigin(options.database, log);
      return;
    } catch (error) {
      if (needsAPerson(error)) throw error;
      if (!complained)
        log.warn({ error: describeError(error) }, 'the database does not answer yet; retrying');
      complained = true;
      await new Promise((done) => setTimeout(done, TRY_AGAIN_MS));
    }
  }
}

function needsAPerson(error: unknown): boolean {
  return (
    isMisconfigured(error) ||
    error instanceof PooledAddressError ||
    error instanceof SchemaMismatchError
  );
}

/** After a connection was lost the database may be another one, restored from a dump: positions move over. */
export async function checkOrigin(database: Database, log: Logger): Promise<void> {
  const [row] = await database.query<{ moved: boolean }>(
    'select dapr_pubsub.check_origin() as moved',
  );
  if (row?.moved)
    log.warn(
      'this database was restored into another cluster: adjusted the positions; some messages will be redelivered',
    );
}

/** Waits for the database for up to `ms` milliseconds. @throws an Error when that was too short */
export async function within(ms: number, prepared: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<never>((_, failed) => {
    timer = setTimeout(() => {
      failed(new Error('the database does not answer'));
    }, ms);
  });
  try {
    await Promise.race([prepared, patience]);
  } finally {
    clearTimeout(timer);
  }
}
