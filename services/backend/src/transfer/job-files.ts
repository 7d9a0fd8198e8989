// What a job keeps until it ends: its file, and a record of each step that is stored. The only SQL on `import_pieces` and
// `import_steps`; both are compressed here, where it costs no connection.
import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import type { Queryable } from '@todo/runtime/database';
import type { StepRecord } from './run-state.ts';

const pack = promisify(deflateRaw);
const unpack = promisify(inflateRaw);

/** Stores the next piece of a file. */
export async function insertPiece(
  client: Queryable,
  jobId: string,
  number: number,
  content: Buffer,
): Promise<void> {
  await client.query(
    'INSERT INTO todo.import_pieces (job_id, number, content) VALUES ($1, $2, $3)',
    [jobId, number, await pack(content, { level: 1 })],
  );
}

/** A job's file, piece by piece. */
export async function* readPieces(client: Queryable, jobId: string): AsyncGenerator<Buffer> {
  for (let number = 0; ; number += 1) {
    const { rows } = await client.query<{ content: Buffer }>(
      'SELECT content FROM todo.import_pieces WHERE job_id = $1 AND number = $2',
      [jobId, number],
    );
    if (!rows[0]) return;
    yield await unpack(rows[0].content);
  }
}

/** Records a step in the transaction that stores it. */
export async function insertRecord(
  client: Queryable,
  jobId: string,
  number: number,
  record: StepRecord,
): Promise<void> {
  await client.query(
    'INSERT INTO todo.import_steps (job_id, number, content) VALUES ($1, $2, $3)',
    [jobId, number, await pack(JSON.stringify(record), { level: 1 })],
  );
}

/** What the stored steps of a job decided, in order. */
export async function* readSteps(client: Queryable, jobId: string): AsyncGenerator<StepRecord> {
  for (let number = 0; ; number += 1) {
    const { rows } = await client.query<{ content: Buffer }>(
      'SELECT content FROM todo.import_steps WHERE job_id = $1 AND number = $2',
      [jobId, number],
    );
    if (!rows[0]) return;
    yield JSON.parse((await unpack(rows[0].content)).toString('utf8')) as StepRecord;
  }
}

/** Forgets both: the job has ended. */
export async function forgetFile(client: Queryable, jobId: string): Promise<void> {
  await client.query('DELETE FROM todo.import_pieces WHERE job_id = $1', [jobId]);
  await client.query('DELETE FROM todo.import_steps WHERE job_id = $1', [jobId]);
}
