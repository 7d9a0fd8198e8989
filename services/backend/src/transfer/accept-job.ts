// Takes the file of an import that is to go on behind its request: stores it piece by piece as it arrives, so that no process
// holds it and none can lose it, then lets the job wait for a process (job-runner.ts).
import { createHash } from 'node:crypto';
import type { Clock } from '@todo/runtime/clock';
import type { Pool } from '@todo/runtime/database';
import { uuidv7 } from '@todo/runtime/uuid';
import { Problem } from '@todo/contracts/problem';
import { checkImports } from '../limits/quotas.ts';
import type { Quotas } from '../limits/quotas.ts';
import type { Tasks } from '../tasks/commands.ts';
import { once } from '../tasks/idempotency.ts';
import { insertImport } from '../tasks/imports.ts';
import type { TaskContext } from '../tasks/task-context.ts';
import { fileChunks, readBodyText } from './body-text.ts';
import { fileName } from './import.ts';
import { acceptJob, countUnfinished, deleteJob, insertJob } from './job-rows.ts';
import { insertPiece, readPieces } from './job-files.ts';
import type { JobOptions } from './job-rows.ts';
import { recognise } from './recognise.ts';

/** A piece of a file, in bytes. */
const PIECE_BYTES = 256 * 1024;
/** Files of one person that are on their way. */
const MAX_UNFINISHED = 5;

/** What accepting needs. */
export interface Accepting {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly tasks: Tasks;
  readonly quotas: Quotas;
}

/** A file that arrives. */
export interface ArrivingFile {
  readonly body: AsyncIterable<Buffer | string>;
  /** How it is to be read and stored. */
  readonly options: Omit<JobOptions, 'actor' | 'zone' | 'locale'>;
  readonly name: string | undefined;
  readonly idempotencyKey: string | undefined;
}

/**
 * Stores a file as a job.
 * @returns the id of its import; with the same key again, the first one's
 * @throws Problem 400 for a file of no known format, 413 for one that is too large, 429 while {@link MAX_UNFINISHED} wait
 */
export async function acceptImport(
  { pool, clock, tasks, quotas }: Accepting,
  context: TaskContext,
  file: ArrivingFile,
): Promise<string> {
  const { userId, actor, zone, locale } = context;
  if ((await countUnfinished(pool, userId)) >= MAX_UNFINISHED)
    throw new Problem(
      429,
      'imports-busy',
      `${MAX_UNFINISHED} of your imports are not finished yet. Wait for one, or cancel it.`,
      { headers: { 'retry-after': '30' } },
    );
  const now = clock();
  const id = uuidv7(now.getTime());
  const options: JobOptions = { ...file.options, actor, zone, locale };
  await insertJob(pool, { id, userId, options, readAt: now });
  try {
    const { bytes, hash } = await storePieces(pool, id, file.body);
    const format = await formatOf(pool, id, options, now);
    const { type: _type, ...asked } = file.options;
    const request = ['import in the background', hash, asked];
    const accepted = await tasks.importStep(context, id, (_store, client) =>
      once(client, userId, file.idempotencyKey, request, async () => {
        await checkImports(client, userId, quotas);
        await insertImport(client, userId, {
          id,
          format,
          name: fileName(file.name),
          createdAt: now,
        });
        await acceptJob(client, id, bytes);
        return { id };
      }),
    );
    if (accepted.id !== id) await deleteJob(pool, id);
    return accepted.id;
  } catch (error) {
    // what can't be deleted now is pruned within the hour
    await deleteJob(pool, id).catch(() => undefined);
    throw error;
  }
}

/** The format of a stored file, read as far as its first entry. @throws Problem 400 when it is of no known format */
async function formatOf(
  pool: Pool,
  id: string,
  { type, zone, locale }: JobOptions,
  now: Date,
): Promise<string> {
  const { head, text } = await readBodyText(readPieces(pool, id));
  const reader = recognise(head, type ?? undefined, { zone, locale, now });
  for await (const _first of reader.entries(text)) break;
  return reader.format;
}

async function storePieces(
  pool: Pool,
  jobId: string,
  body: AsyncIterable<Buffer | string>,
): Promise<{ bytes: number; hash: string }> {
  const hash = createHash('sha256');
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let bytes = 0;
  let number = 0;
  const store = async (): Promise<void> => {
    await insertPiece(pool, jobId, number, Buffer.concat(waiting));
    number += 1;
    waiting = [];
    waitingBytes = 0;
  };
  const chunks = fileChunks(body, (chunk) => {
    hash.update(chunk);
    bytes += chunk.length;
  });
  for await (const chunk of chunks) {
    waiting.push(chunk);
    waitingBytes += chunk.length;
    if (waitingBytes >= PIECE_BYTES) await store();
  }
  if (waitingBytes > 0) await store();
  return { bytes, hash: hash.digest('base64') };
}
