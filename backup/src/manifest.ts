// What a backup says about itself: the last entry of its archive, so an archive without one is incomplete.
import { z } from 'zod';
import { BackupError } from './errors.ts';

/** Version of the archive's layout. A reader refuses a higher one. */
export const FORMAT = 1;
/** First entry: which layout follows. */
export const HEAD_NAME = 'backup.json';
/** Last entry. */
export const MANIFEST_NAME = 'manifest.json';
/** The secret that signs sessions; only in an encrypted archive. */
export const SECRET_NAME = 'auth-secret';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const name = z.string().min(1).max(63);

const table = z.object({
  schema: name,
  name,
  columns: z.array(name).min(1),
  rows: z.int().min(0),
  /** Pieces of one COPY stream, in order. */
  parts: z.array(z.object({ bytes: z.int().min(0), sha256 })),
});
/** One table's rows in a backup. */
export type TableInBackup = z.output<typeof table>;

const sequence = z.object({
  schema: name,
  name,
  /** What nextval gave last, as text; null: it could not be read, the column's highest value decides. */
  last: z.string().regex(/^\d+$/).nullable(),
  /** The column that it belongs to. */
  owner: z.object({ table: name, column: name }).nullable(),
});
/** A sequence in a backup. */
export type SequenceInBackup = z.output<typeof sequence>;

const definition = z.object({
  name,
  columns: z.array(
    z.object({
      name,
      type: z.string(),
      notNull: z.boolean(),
      default: z.string().nullable(),
      /** As pg_attribute.attidentity: always, by default, or not an identity column. */
      identity: z.enum(['a', 'd', '']),
    }),
  ),
  primaryKey: z.array(name),
  /** Columns of each further index. */
  indexes: z.array(z.array(name)),
});
/** How a table looks that no migration of ours makes. */
export type TableDefinition = z.output<typeof definition>;

const manifest = z.object({
  format: z.literal(FORMAT),
  /** Version of the product that made it. */
  version: z.string(),
  /** Instant of the backup by the database's clock, UTC: everything committed before it is in. */
  madeAt: z.iso.datetime(),
  /** Version of the server it was made from. */
  postgresql: z.string(),
  schemas: z.array(
    z.object({
      name,
      migrations: z.array(z.object({ name: z.string(), checksum: sha256.nullable() })),
    }),
  ),
  /** Tables of Dapr's state store. */
  definitions: z.array(definition),
  /** In an order that foreign keys allow; their parts follow each other in the archive. */
  tables: z.array(table),
  sequences: z.array(sequence),
  /** SHA-256 of the secret that signed the sessions, where it was known. */
  authSecretSha256: sha256.nullable(),
});
/** See the schema. */
export type Manifest = z.output<typeof manifest>;

/** The entry that one part of a table has in the archive. */
export function partName(table: { schema: string; name: string }, index: number): string {
  return `data/${table.schema}.${table.name}/${String(index + 1).padStart(6, '0')}.copy`;
}

/** @throws BackupError when a newer version made it */
export function checkFormat(head: Buffer): void {
  const found = z.object({ format: z.number(), version: z.string() }).safeParse(readJson(head));
  if (!found.success) throw new BackupError('This is not a backup of this system.');
  const { format, version } = found.data;
  if (format !== FORMAT)
    throw new BackupError(
      `The backup has format ${format}, made by version ${version}; this version reads format ${FORMAT}. Restore it with version ${version} or later.`,
    );
}

/** @throws BackupError when the text is no manifest */
export function readManifest(text: Buffer): Manifest {
  const found = manifest.safeParse(readJson(text));
  if (!found.success)
    throw new BackupError(`The manifest is damaged: ${z.prettifyError(found.error)}`);
  return found.data;
}

function readJson(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString('utf8'));
  } catch {
    return undefined;
  }
}
