// Which schemas the system keeps its data in, and who migrates each. A schema that is not here is in no backup: a test
// compares the list with the services.
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import type pg from 'pg';
import { SCHEMA as AUDIT } from '@todo/audit/app';
import { backendMigrations, SCHEMA as BACKEND } from '@todo/backend/schema';
import { ROOT } from '@todo/local/data-folder';
import { consumerMigrations } from '@todo/messaging/consumer-service';
import { SCHEMA as NOTIFICATION } from '@todo/notification/app';
import {
  applySchema,
  checksumOf,
  schemaFiles,
  type SchemaFile,
} from '@todo/pubsub-postgresql/migrate';
import { BASELINE_REPLACES } from '@todo/pubsub-postgresql/migration-baseline';
import { SCHEMA as RECURRING } from '@todo/recurring/app';
import { STATE_SCHEMA } from '@todo/runtime/dapr-state';
import {
  applyMigrations,
  migrationChecksum,
  readMigrations,
  type Migration,
} from '@todo/runtime/migrate';
import { BackupError } from './errors.ts';
import type { Manifest } from './manifest.ts';

/** Accounts, sessions and signing keys: the web app's. */
export const AUTH = 'auth';
/** The log of pubsub.postgresql. */
export const PUBSUB = 'dapr_pubsub';

/** A schema with migrations. */
export interface OwnedSchema {
  readonly name: string;
  /** Migrations of this version by name, with their checksums. */
  readonly known: ReadonlyMap<string, string>;
  /** Names of former migrations that a known one stands for. */
  readonly replaced: readonly string[];
  /** Applies those of this version that `wanted` names, or all, in the caller's transaction. */
  readonly apply: (client: pg.ClientBase, wanted?: ReadonlySet<string>) => Promise<void>;
}

function service(name: string, migrations: readonly Migration[]): OwnedSchema {
  return {
    name,
    known: new Map(migrations.map((one) => [one.name, migrationChecksum(one)])),
    replaced: [],
    apply: async (client, wanted) => {
      await applyMigrations(
        client,
        name,
        wanted ? migrations.filter((one) => wanted.has(one.name)) : migrations,
      );
    },
  };
}

/** Functions carry no data: they always are those of this version. */
function component(files: SchemaFile[]): OwnedSchema {
  const tables = files.filter((file) => !file.repeatable);
  return {
    name: PUBSUB,
    known: new Map(tables.map((file) => [file.name, checksumOf(file.text)])),
    replaced: BASELINE_REPLACES,
    apply: async (client, wanted) => {
      await applySchema(
        client,
        PUBSUB,
        wanted ? tables.filter((file) => wanted.has(file.name)) : files,
      );
    },
  };
}

function folder(...path: string[]): Migration[] {
  return readMigrations(pathToFileURL(`${join(ROOT, ...path, 'migrations')}/`));
}

/** Every schema with migrations, of this version. */
export function ownedSchemas(): OwnedSchema[] {
  const consumer = (name: string): Migration[] => consumerMigrations(folder('services', name));
  return [
    service(AUTH, folder('web')),
    service(BACKEND, backendMigrations()),
    service(NOTIFICATION, consumer('notification')),
    service(RECURRING, consumer('recurring')),
    service(AUDIT, consumer('audit')),
    component(schemaFiles()),
  ];
}

/** Names of all schemas that a backup holds. */
export function schemaNames(): string[] {
  return [...ownedSchemas().map(({ name }) => name), STATE_SCHEMA];
}

/**
 * Compares a backup with what this version can make.
 * @throws BackupError when a newer or changed version made it
 */
export function requireKnownSchemas(manifest: Manifest): void {
  const owned = new Map(ownedSchemas().map((schema) => [schema.name, schema]));
  const unknown = manifest.schemas.flatMap(({ name, migrations }) => {
    if (name === STATE_SCHEMA) return [];
    const schema = owned.get(name);
    if (!schema) return [`schema ${name}`];
    return migrations
      .filter(
        (one) =>
          !schema.replaced.includes(one.name) &&
          (!schema.known.has(one.name) ||
            (one.checksum !== null && schema.known.get(one.name) !== one.checksum)),
      )
      .map((one) => `migration ${one.name} of ${name}`);
  });
  if (unknown.length > 0)
    throw new BackupError(
      `The backup was made by version ${manifest.version}, which has what this version does not know: ${unknown.join(', ')}. ` +
        'Restore it with that version or a later one.',
    );
}
