// Encryption of an archive as a stream: AES-256-GCM in chunks of 64 KiB, so that neither side holds more than two chunks and
// no unverified byte reaches the reader. Each file has a key of its own: scrypt (RFC 7914) of the secret and a random salt.
//
//   line 1   TODO-BACKUP-ENCRYPTED 1
//   line 2   JSON: {"kdf":"scrypt","n":131072,"r":8,"p":1,"salt":"<base64>"}
//   32 bytes HMAC-SHA-256 of both lines by a second derived key: tells a wrong secret from a damaged file
//   chunks   ciphertext and its 16-byte tag; the nonce is the chunk's number (11 bytes) and 1 for the last chunk, else 0
//
// The last chunk's mark makes a cut visible; the number makes a moved or missing chunk visible. The key is new for each file,
// so a nonce is never used twice with one key (NIST SP 800-38D, 8.2.1).
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  randomBytes,
  scrypt,
  timingSafeEqual,
} from 'node:crypto';
import { z } from 'zod';
import { BackupError } from '../errors.ts';

/** How an encrypted archive begins. */
export const ENCRYPTED_MAGIC = 'TODO-BACKUP-ENCRYPTED 1\n';
/** Shortest accepted secret, in characters. */
const MIN_SECRET = 16;
const CHUNK_BYTES = 65_536;
const TAG_BYTES = 16;
const CHECK_BYTES = 32;
const MAX_HEADER_BYTES = 1_024;
/** OWASP's recommendation for scrypt: 128 MiB of memory. A file can't ask for more. */
const COST = { n: 131_072, r: 8, p: 1 } as const;

const header = z.strictObject({
  kdf: z.literal('scrypt'),
  n: z.literal(COST.n),
  r: z.literal(COST.r),
  p: z.literal(COST.p),
  salt: z.base64().length(44),
});

/** A secret from a key file or a passphrase: space around it does not count. @throws BackupError when it is too short */
export function checkSecret(text: string): string {
  const secret = text.trim();
  if (secret.length < MIN_SECRET)
    throw new BackupError(
      `The key has ${secret.length} characters; it needs at least ${MIN_SECRET}. Make one with: openssl rand -base64 32`,
    );
  return secret;
}

/** Encrypts a stream. */
export async function* encrypt(
  source: AsyncIterable<Buffer>,
  secret: string,
): AsyncGenerator<Buffer> {
  const head = Buffer.from(
    `${ENCRYPTED_MAGIC}${JSON.stringify({ kdf: 'scrypt', ...COST, salt: randomBytes(32).toString('base64') })}\n`,
  );
  const keys = await deriveKeys(secret, readHeader(head));
  yield Buffer.concat([head, checkOf(head, keys.check)]);
  let index = 0;
  for await (const { piece, isLast } of pieces(source, CHUNK_BYTES)) {
    const cipher = createCipheriv('aes-256-gcm', keys.cipher, nonce(index++, isLast));
    yield Buffer.concat([cipher.update(piece), cipher.final(), cipher.getAuthTag()]);
  }
}

/**
 * Decrypts what {@link encrypt} made. What it yields is authentic; the whole is complete only when it ends without an error.
 * @throws BackupError when the secret is wrong or the file was damaged, cut or put together from several
 */
export async function* decrypt(
  source: AsyncIterable<Buffer>,
  secret: string,
): AsyncGenerator<Buffer> {
  const { head, check, rest } = await readHead(source);
  const keys = await deriveKeys(secret, readHeader(head));
  if (!timingSafeEqual(check, checkOf(head, keys.check)))
    throw new BackupError('The key does not fit this backup.');
  let index = 0;
  for await (const { piece, isLast } of pieces(rest, CHUNK_BYTES + TAG_BYTES)) {
    if (piece.length < TAG_BYTES) throw damaged();
    const decipher = createDecipheriv('aes-256-gcm', keys.cipher, nonce(index++, isLast));
    decipher.setAuthTag(piece.subarray(piece.length - TAG_BYTES));
    try {
      const text = decipher.update(piece.subarray(0, piece.length - TAG_BYTES));
      decipher.final();
      yield text;
    } catch {
      throw damaged();
    }
  }
}

function damaged(): BackupError {
  return new BackupError('The backup is damaged or was cut off: a part of it is not authentic.');
}

/** Cuts a stream into pieces of `size` bytes; the last one is shorter or of the same size, and is there for an empty stream too. */
async function* pieces(
  source: AsyncIterable<Buffer>,
  size: number,
): AsyncGenerator<{ piece: Buffer; isLast: boolean }> {
  let held: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of source) {
    held.push(chunk);
    bytes += chunk.length;
    if (bytes <= size) continue;
    let all = Buffer.concat(held, bytes);
    for (; all.length > size; all = all.subarray(size))
      yield { piece: all.subarray(0, size), isLast: false };
    held = [all];
    bytes = all.length;
  }
  yield { piece: Buffer.concat(held, bytes), isLast: true };
}

async function readHead(
  source: AsyncIterable<Buffer>,
): Promise<{ head: Buffer; check: Buffer; rest: AsyncIterable<Buffer> }> {
  const iterator = source[Symbol.asyncIterator]();
  let start = Buffer.alloc(0);
  for (;;) {
    const end = start.indexOf('\n', ENCRYPTED_MAGIC.length) + 1;
    if (end > 0 && start.length >= end + CHECK_BYTES) {
      const after = start.subarray(end + CHECK_BYTES);
      return {
        head: start.subarray(0, end),
        check: start.subarray(end, end + CHECK_BYTES),
        rest: (async function* () {
          if (after.length > 0) yield after;
          for (let next = await iterator.next(); !next.done; next = await iterator.next())
            yield next.value;
        })(),
      };
    }
    const next = await iterator.next();
    if (next.done === true || (end === 0 && start.length > MAX_HEADER_BYTES)) throw damaged();
    start = Buffer.concat([start, next.value]);
  }
}

function readHeader(head: Buffer): z.output<typeof header> {
  try {
    return header.parse(JSON.parse(head.subarray(ENCRYPTED_MAGIC.length).toString('utf8')));
  } catch {
    throw damaged();
  }
}

interface Keys {
  cipher: Buffer;
  check: Buffer;
}

/** One archive is read more than once, and a derivation is slow on purpose. */
let latest: { secret: string; salt: string; keys: Promise<Keys> } | undefined;

function deriveKeys(secret: string, { salt }: z.output<typeof header>): Promise<Keys> {
  if (latest?.secret !== secret || latest.salt !== salt)
    latest = { secret, salt, keys: derive(secret, salt) };
  return latest.keys;
}

async function derive(secret: string, salt: string): Promise<Keys> {
  const both = await new Promise<Buffer>((done, failed) => {
    const cost = { N: COST.n, r: COST.r, p: COST.p, maxmem: 256 * 1024 * 1024 };
    scrypt(secret, Buffer.from(salt, 'base64'), 64, cost, (error, key) => {
      if (error) failed(error);
      else done(key);
    });
  });
  return { cipher: both.subarray(0, 32), check: both.subarray(32) };
}

function checkOf(head: Buffer, key: Buffer): Buffer {
  return createHmac('sha256', key).update(head).digest();
}

function nonce(index: number, isLast: boolean): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUIntBE(index, 5, 6);
  bytes[11] = isLast ? 1 : 0;
  return bytes;
}
