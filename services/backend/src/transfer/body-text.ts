// The bytes of an import as text, piece by piece. Spreadsheets save UTF-16, old programs Windows-1252: a byte order mark or the
// first bytes say which, the content type does not (browsers guess it from the file's name).
import { createHash } from 'node:crypto';
import { Problem } from '@todo/contracts/problem';

/** Largest file, in bytes: 100,000 tasks with notes, and room. */
export const MAX_FILE_BYTES = 192 * 1024 * 1024;
/** So much of a file tells its encoding and format, in bytes. */
const HEAD_BYTES = 64 * 1024;

/** A file's text. */
export interface BodyText {
  /** Its first part, as much as is needed to recognise the format. */
  readonly head: string;
  /** All of it, the head included; can be read once. */
  readonly text: AsyncGenerator<string>;
  /** The name of the encoding it was read in. */
  readonly encoding: string;
  /** SHA-256 of the bytes so far; of the whole file once `text` was read to its end. */
  readonly hash: () => string;
}

/** Reads the beginning of a body and prepares the rest. @throws Problem 413 for more than {@link MAX_FILE_BYTES}, while reading */
export async function readBodyText(body: AsyncIterable<Buffer | string>): Promise<BodyText> {
  const hash = createHash('sha256');
  const chunks = fileChunks(body, (chunk) => hash.update(chunk));
  const first: Buffer[] = [];
  let length = 0;
  let ended = false;
  while (length < HEAD_BYTES && !ended) {
    const next = await chunks.next();
    if (next.done) ended = true;
    else {
      first.push(next.value);
      length += next.value.length;
    }
  }
  const start = Buffer.concat(first);
  const encoding = encodingOf(start, ended);
  const decoder = new TextDecoder(encoding);
  const head = decoder.decode(start, { stream: true });
  return {
    head,
    encoding,
    hash: () => hash.copy().digest('base64'),
    text: (async function* () {
      yield head;
      for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true });
      yield decoder.decode();
    })(),
  };
}

/** A file's bytes as they come, each also given to `onChunk`. @throws Problem 413 for more than {@link MAX_FILE_BYTES} */
export async function* fileChunks(
  body: AsyncIterable<Buffer | string>,
  onChunk: (chunk: Buffer) => void,
): AsyncGenerator<Buffer, undefined> {
  let bytes = 0;
  for await (const piece of body) {
    const chunk = typeof piece === 'string' ? Buffer.from(piece) : piece;
    bytes += chunk.length;
    if (bytes > MAX_FILE_BYTES)
      throw new Problem(
        413,
        'too-large',
        `A file may have ${MAX_FILE_BYTES / 1024 / 1024} MiB. Split it and import the parts one by one.`,
      );
    onChunk(chunk);
    yield chunk;
  }
  return undefined;
}

function encodingOf(start: Buffer, isWhole: boolean): string {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be';
  // text in Latin letters has a zero in every second byte of UTF-16
  const sample = start.subarray(0, 512);
  const zeros = [0, 0];
  sample.forEach((byte, index) => {
    if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
  });
  const [even = 0, odd = 0] = zeros;
  if (odd > sample.length / 8 && even === 0) return 'utf-16le';
  if (even > sample.length / 8 && odd === 0) return 'utf-16be';
  return isUtf8(start, isWhole) ? 'utf-8' : 'windows-1252';
}

function isUtf8(start: Buffer, isWhole: boolean): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(start, { stream: !isWhole });
    return true;
  } catch {
    return false;
  }
}
