// Reads an archive entry by entry, and verifies it whole before anything is done with it.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createZstdDecompress } from 'node:zlib';
import tar from 'tar-stream';
import { BackupError } from '../errors.ts';
import {
  checkFormat,
  HEAD_NAME,
  MANIFEST_NAME,
  partName,
  readManifest,
  SECRET_NAME,
  type Manifest,
} from '../manifest.ts';
import { verifyChecksum } from './checksum.ts';
import { decrypt, ENCRYPTED_MAGIC } from './encryption.ts';

/** How a zstd frame begins (RFC 8878, 3.1.1). */
const ZSTD_MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
/** No entry has more bytes: the manifest of 100,000 parts fits. */
const MAX_ENTRY_BYTES = 64 * 1024 * 1024;

/** One entry of an archive. */
export interface Entry {
  readonly name: string;
  readonly data: Buffer;
}

/** An archive that was read to its end and found as it was written. */
export interface VerifiedArchive {
  readonly manifest: Manifest;
  readonly encrypted: boolean;
  /** The secret that signs sessions, if it is in the archive. */
  readonly authSecret: string | undefined;
}

/**
 * The entries of an archive, in order. Bounded memory: one entry at a time.
 * @throws BackupError when it is no archive, is damaged or cut off, or the secret is missing or wrong
 */
export async function* readArchive(
  file: string,
  secret: string | undefined,
): AsyncGenerator<Entry, void, undefined> {
  const encrypted = await isEncrypted(file);
  if (encrypted && secret === undefined)
    throw new BackupError('The backup is encrypted. Give its key with --key FILE.');
  const extract = tar.extract();
  const source = createReadStream(file, { highWaterMark: 256 * 1024 });
  const read = pipeline(
    source,
    (chunks: AsyncIterable<Buffer>) =>
      encrypted ? decrypt(chunks, secret ?? '') : verifyChecksum(chunks),
    createZstdDecompress(),
    extract,
  ).then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
  try {
    for await (const entry of extract) {
      const chunks: Buffer[] = [];
      let bytes = 0;
      for await (const chunk of entry as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytes > MAX_ENTRY_BYTES) throw new BackupError('The backup is damaged.');
        chunks.push(chunk);
      }
      yield { name: entry.header.name, data: Buffer.concat(chunks, bytes) };
    }
    const failed = await read;
    if (failed !== undefined) throw failed;
  } catch (error) {
    extract.destroy();
    throw inWords((await read) ?? error, error);
  } finally {
    extract.destroy(); // a reader that stops early
  }
}

/** The cause as a person can use it. @param seen what the reader met, which may follow from the cause */
function inWords(cause: unknown, seen: unknown): Error {
  for (const error of [seen, cause]) if (error instanceof BackupError) return error;
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  if (cause instanceof Error && /^E[A-Z]+$/.test(code)) return cause;
  return new BackupError(
    `The backup is damaged or was cut off: ${cause instanceof Error ? cause.message : String(cause)}.`,
    { cause },
  );
}

async function isEncrypted(file: string): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const start = Buffer.alloc(ENCRYPTED_MAGIC.length);
    const { bytesRead } = await handle.read(start, 0, start.length, 0);
    if (start.toString('latin1') === ENCRYPTED_MAGIC) return true;
    if (bytesRead >= 4 && start.subarray(0, 4).equals(ZSTD_MAGIC)) return false;
    throw new BackupError(`${file} is not a backup of this system, or its beginning is damaged.`);
  } finally {
    await handle.close();
  }
}

/** Hexadecimal. */
export function sha256(data: Buffer | string): string {
  return createHash('sha256').update(data).digest('hex');
}

/**
 * Reads all of an archive and compares every part with the manifest.
 * @throws BackupError as {@link readArchive} does, when a part is missing, is there twice or is another one, or when a newer
 *   version made the archive
 */
export async function verifyArchive(
  file: string,
  secret: string | undefined,
): Promise<VerifiedArchive> {
  const seen: { name: string; bytes: number; sha256: string }[] = [];
  let manifest: Manifest | undefined;
  let authSecret: string | undefined;
  let isFirst = true;
  for await (const { name, data } of readArchive(file, secret)) {
    if (isFirst) {
      if (name !== HEAD_NAME) throw new BackupError('This is not a backup of this system.');
      checkFormat(data);
      isFirst = false;
      continue;
    }
    if (manifest)
      throw new BackupError('The backup is damaged: its manifest is not the last part.');
    if (name === MANIFEST_NAME) manifest = readManifest(data);
    else if (name === SECRET_NAME) authSecret = data.toString('utf8');
    else seen.push({ name, bytes: data.length, sha256: sha256(data) });
  }
  if (!manifest) throw new BackupError('The backup was cut off: it has no manifest.');
  const listed = manifest.tables.flatMap((table) =>
    table.parts.map((part, index) => ({ name: partName(table, index), ...part })),
  );
  for (let i = 0; i < Math.max(listed.length, seen.length); i += 1) {
    const [wanted, found] = [listed[i], seen[i]];
    if (wanted?.name !== found?.name || wanted?.sha256 !== found?.sha256)
      throw new BackupError(
        `The backup is damaged: ${wanted?.name ?? found?.name ?? ''} is not what the manifest lists.`,
      );
  }
  if (authSecret !== undefined && sha256(authSecret) !== manifest.authSecretSha256)
    throw new BackupError('The backup is damaged: the secret is not what the manifest lists.');
  return { manifest, encrypted: await isEncrypted(file), authSecret };
}
