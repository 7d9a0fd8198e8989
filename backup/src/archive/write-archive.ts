// Writes an archive: tar, compressed by zstd, encrypted if there is a secret. One entry is in memory at a time.
import { createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress } from 'node:zlib';
import tar from 'tar-stream';
import { addChecksum } from './checksum.ts';
import { encrypt } from './encryption.ts';

/** Adds one entry; resolves when it is on its way. @throws what ended the writing */
export type AddEntry = (name: string, data: Buffer) => Promise<void>;

/**
 * Writes an archive to a stream.
 * @param fill adds the entries, one after the other
 * @throws what `fill` throws, or why the stream could not be written (ENOSPC: the disk is full)
 */
export async function writeArchive<T>(
  target: Writable,
  secret: string | undefined,
  fill: (add: AddEntry) => Promise<T>,
): Promise<T> {
  const pack = tar.pack();
  const compress = createZstdCompress();
  // Both are told of a broken target again, after the pipeline is.
  pack.on('error', () => undefined);
  const written = pipeline(
    pack,
    compress,
    (source: AsyncIterable<Buffer>) =>
      secret === undefined ? addChecksum(source) : encrypt(source, secret),
    target,
  );
  const broken = written.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  // An entry of a broken archive may never end by itself.
  const failure = new Promise<never>((_done, failed) => {
    written.catch(failed);
  });
  failure.catch(() => undefined);
  let result: T;
  try {
    result = await fill((name, data) => Promise.race([addEntry(pack, name, data), failure]));
  } catch (error) {
    pack.destroy(error instanceof Error ? error : new Error(String(error)));
    await broken;
    throw error;
  }
  pack.finalize();
  await written;
  return result;
}

function addEntry(pack: tar.Pack, name: string, data: Buffer): Promise<void> {
  return new Promise((done, failed) => {
    // Equal content makes equal bytes: no time and no user in an entry.
    const entry = pack.entry({ name, mode: 0o600, mtime: new Date(0) }, data, (error) => {
      if (error) failed(error);
      else done();
    });
    entry.on('error', failed);
  });
}

/**
 * Writes an archive to a file that only its owner can read. The file has its name once it is complete and on disk; before
 * that, and after an error, there is none.
 * @throws as {@link writeArchive}, and when the file can't be made
 */
export async function writeArchiveFile<T>(
  file: string,
  secret: string | undefined,
  fill: (add: AddEntry) => Promise<T>,
): Promise<T> {
  const unfinished = `${file}.unfinished`;
  try {
    const target = createWriteStream(unfinished, { mode: 0o600, flush: true });
    const result = await writeArchive(target, secret, fill);
    await rename(unfinished, file);
    await syncFolderOf(file);
    return result;
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

/** A rename outlives a power cut once the folder is on disk. */
async function syncFolderOf(file: string): Promise<void> {
  const folder = await open(dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
