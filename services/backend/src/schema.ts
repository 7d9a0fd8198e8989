// The schema this service owns, and everything that makes it.
import { deadLetterMigrations } from '@todo/messaging/dead-letters';
import { inboxMigrations } from '@todo/messaging/inbox';
import { readMigrations } from '@todo/runtime/migrate';
import type { Migration } from '@todo/runtime/migrate';
import { outboxMigrations } from '@todo/messaging/outbox';
import { versionMigrations } from '@todo/runtime/versions';

/** The backend's PostgreSQL schema. */
export const SCHEMA = 'todo';
/** The backend's Dapr app id. */
export const APP_ID = 'todo-backend';

/** All migrations in order. The folder stands beside src/ here and beside dist/ in an image. */
export function backendMigrations(): Migration[] {
  return [
    ...outboxMigrations,
    ...inboxMigrations,
    ...deadLetterMigrations,
    ...versionMigrations,
    ...readMigrations(new URL('../migrations/', import.meta.url)),
  ];
}
