// The pool that better-auth works with, one for the whole process: Next bundles routes and the start
// hook apart, so module state alone would make several.
import { createPool, type Pool } from '@todo/runtime/database';
import { databaseClock, type DatabaseClock } from '@todo/runtime/database-clock';
import { databaseCheck, type Check } from '@todo/runtime/health';
import { config } from './config';
import { log } from './log';

interface Database {
  pool: Pool;
  /** Asks the database only while its last use failed: an idle database may sleep. */
  check: Check;
  /** What time it is where rows are decided: this machine's clock may be wrong. */
  clock: DatabaseClock;
}
const globals = globalThis as unknown as { todoDatabase?: Database };

function open(): Database {
  const pool = createPool({ url: config().DATABASE_URL, application: 'web', log });
  return { pool, check: databaseCheck(pool), clock: databaseClock(pool, { log }) };
}

/** The process's database, opened at the first call. */
export function database(): Database {
  return (globals.todoDatabase ??= open());
}
