// Imports that go on behind their request: the only SQL on `import_jobs`.
//
//   uploading → waiting → running → done
//                  ↑         ↓ ↘ failed (the file was refused, or no process got on with it)
//                  └ lease over      canceled (from waiting and running too)
//
// A job belongs to the process whose lease it has. Every step is stored in a transaction that checks the lease, so a process
// that lost it stores nothing more; what it stored before is recorded, and whoever is next continues behind it.
import { problemBody } from '@todo/contracts/problem';
import type { Problem } from '@todo/contracts/problem';
import type { Actor } from '@todo/contracts/events';
import type { Queryable } from '@todo/runtime/database';
import type { Duplicates } from './duplicates.ts';
import type { ImportProgress } from './import.ts';
import { forgetFile, insertRecord } from './job-files.ts';
import type { ImportReport } from './report.ts';
import type { StepRecord } from './run-state.ts';

/** Where a job is on its way. */
export type JobState = 'uploading' | 'waiting' | 'running' | 'done' | 'failed' | 'canceled';

/** How a job's file is read and stored, the same for every process that works on it. */
export interface JobOptions {
  readonly type: string | null;
  readonly duplicates: Duplicates;
  readonly choices: string | null;
  readonly match: 'id' | 'content';
  readonly zone: string;
  readonly locale: string;
  readonly actor: Actor;
}

/** A job as a process works on it. */
export interface Job {
  readonly id: string;
  readonly userId: string;
  readonly options: JobOptions;
  /** "Today" of the file's words. */
  readonly readAt: Date;
  /** The lease under which this process has it. */
  readonly lease: string;
  /** How often it was begun since it last stored something, this time included. */
  readonly attempts: number;
}

/** A job as its person sees it. */
export interface JobView {
  readonly id: string;
  readonly state: JobState;
  readonly progress: ImportProgress | null;
  readonly report: ImportReport | null;
  readonly problem: ReturnType<typeof problemBody> | null;
  readonly finishedAt: Date | null;
}

/** A lease ends after this without a sign of life. */
const LEASE = '30 seconds';
/** What a job says of its file is kept this long after its end. */
const KEEP = '30 days';

/** Stores that a file begins to arrive. */
export async function insertJob(
  client: Queryable,
  job: Pick<Job, 'id' | 'userId' | 'options' | 'readAt'>,
): Promise<void> {
  await client.query(
    `INSERT INTO todo.import_jobs (id, user_id, state, created_at, options, read_at) VALUES ($1, $2, 'uploading', now(), $3, $4)`,
    [job.id, job.userId, JSON.stringify(job.options), job.readAt],
  );
}

/** How many files of a person are on their way into the tasks. */
export async function countUnfinished(client: Queryable, userId: string): Promise<number> {
  const { rows } = await client.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM todo.import_jobs WHERE user_id = $1 AND state IN ('uploading', 'waiting', 'running')
       AND (state <> 'uploading' OR created_at > now() - interval '1 hour')`,
    [userId],
  );
  return rows[0]?.n ?? 0;
}

/** The file is there: the job waits for a process. */
export async function acceptJob(client: Queryable, jobId: string, bytes: number): Promise<void> {
  await client.query(
    `UPDATE todo.import_jobs SET state = 'waiting', bytes = $2 WHERE id = $1 AND state = 'uploading'`,
    [jobId, bytes],
  );
}

/** Forgets a job with all of it: its file did not arrive, or came before. */
export async function deleteJob(client: Queryable, jobId: string): Promise<void> {
  await client.query('DELETE FROM todo.import_jobs WHERE id = $1', [jobId]);
}

/** Takes the oldest job that nobody works on, under a new lease; undefined where there is none. */
export async function claimJob(client: Queryable, lease: string): Promise<Job | undefined> {
  const { rows } = await client.query<{
    id: string;
    user_id: string;
    options: JobOptions;
    read_at: Date;
    attempts: number;
  }>(
    `UPDATE todo.import_jobs SET state = 'running', lease = $1, lease_until = now() + interval '${LEASE}', attempts = attempts + 1
     WHERE id = (SELECT id FROM todo.import_jobs
       WHERE state IN ('waiting', 'running') AND (lease_until IS NULL OR lease_until <= now())
       ORDER BY created_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING id, user_id, options, read_at, attempts`,
    [lease],
  );
  const [row] = rows;
  if (!row) return undefined;
  const { id, options, attempts } = row;
  return { id, options, attempts, lease, userId: row.user_id, readAt: row.read_at };
}

/** How long until a job that somebody works on may be anybody's, ms; undefined: no job is unfinished. */
export async function nextClaimIn(client: Queryable): Promise<number | undefined> {
  const { rows } = await client.query<{ ms: number | null }>(
    `SELECT ceil(extract(epoch FROM min(coalesce(lease_until, now())) - now()) * 1000)::float8 AS ms FROM todo.import_jobs
     WHERE state IN ('waiting', 'running')`,
  );
  const ms = rows[0]?.ms;
  return ms === null || ms === undefined ? undefined : Math.max(0, ms);
}

/** Says that a job's file is being read. @returns false: the job is no longer this process's */
export async function noteReading(client: Queryable, job: Job, entries: number): Promise<boolean> {
  const { rowCount } = await client.query(
    `UPDATE todo.import_jobs SET lease_until = now() + interval '${LEASE}', stage = 'reading', entries = $3
     WHERE id = $1 AND lease = $2 AND state = 'running'`,
    [job.id, job.lease, entries],
  );
  return rowCount === 1;
}

/**
 * Holds the job in a transaction that stores a step of it. @returns false: it was canceled, is being undone, or has another
 * process by now
 */
export async function holdJob(client: Queryable, job: Job): Promise<boolean> {
  const { rowCount } = await client.query(
    `SELECT 1 FROM todo.import_jobs j JOIN todo.imports i ON i.id = j.id
     WHERE j.id = $1 AND j.lease = $2 AND j.state = 'running' AND i.undo_began_at IS NULL FOR UPDATE OF j`,
    [job.id, job.lease],
  );
  return rowCount === 1;
}

/** Records a step in the transaction that stores it. @param progress entries done, of how many */
export async function insertStep(
  client: Queryable,
  job: Job,
  number: number,
  record: StepRecord,
  progress: { readonly entries: number; readonly of: number },
): Promise<void> {
  await insertRecord(client, job.id, number, record);
  await client.query(
    `UPDATE todo.import_jobs SET lease_until = now() + interval '${LEASE}', attempts = 0, stage = 'storing', entries = $2, total = $3
     WHERE id = $1`,
    [job.id, progress.entries, progress.of],
  );
}

/** Gives a job back, for the next process: at once, or after a pause. */
export async function releaseJob(client: Queryable, job: Job, pauseMs: number): Promise<void> {
  await client.query(
    `UPDATE todo.import_jobs SET lease_until = now() + $3 * interval '1 millisecond' WHERE id = $1 AND lease = $2 AND state = 'running'`,
    [job.id, job.lease, pauseMs],
  );
}

/** Ends a job with its report. */
export async function finishJob(client: Queryable, job: Job, report: ImportReport): Promise<void> {
  await endJob(client, job.id, 'done', { report });
}

/** Ends a job that can't go on. What it stored stays, and can be undone. */
export async function failJob(client: Queryable, job: Job, problem: Problem): Promise<void> {
  const { rowCount } = await client.query(
    `SELECT 1 FROM todo.import_jobs WHERE id = $1 AND lease = $2 AND state = 'running'`,
    [job.id, job.lease],
  );
  if (rowCount === 1)
    await endJob(client, job.id, 'failed', { problem: problemBody(problem, undefined) });
}

/** Stops a person's job. What it stored stays, and can be undone. One that has ended stays as it is. */
export async function cancelJob(client: Queryable, userId: string, jobId: string): Promise<void> {
  const { rowCount } = await client.query(
    `UPDATE todo.import_jobs SET state = 'canceled', lease = NULL, lease_until = NULL, finished_at = now()
     WHERE id = $1 AND user_id = $2 AND state IN ('waiting', 'running')`,
    [jobId, userId],
  );
  if (rowCount === 1) await forgetFile(client, jobId);
}

async function endJob(
  client: Queryable,
  jobId: string,
  state: JobState,
  { report = null, problem = null }: { report?: object | null; problem?: object | null },
): Promise<void> {
  await client.query(
    `UPDATE todo.import_jobs SET state = $2, report = $3, problem = $4, lease = NULL, lease_until = NULL, finished_at = now()
     WHERE id = $1`,
    [jobId, state, storable(report), storable(problem)],
  );
  await forgetFile(client, jobId);
}

/** PostgreSQL's jsonb has no U+0000. */
function storable(value: object | null): string | null {
  return value && JSON.stringify(value).replaceAll('\\u0000', '');
}

/** Jobs of a person by id; those of imports within a request have none. */
export async function findJobs(
  client: Queryable,
  userId: string,
  ids: readonly string[],
): Promise<Map<string, JobView>> {
  const { rows } = await client.query<{
    id: string;
    state: JobState;
    stage: ImportProgress['stage'] | null;
    entries: number;
    total: number | null;
    report: ImportReport | null;
    problem: JobView['problem'];
    finished_at: Date | null;
  }>(
    `SELECT id, state, stage, entries, total, report, problem, finished_at FROM todo.import_jobs
     WHERE user_id = $1 AND id = ANY($2::uuid[])`,
    [userId, ids],
  );
  return new Map(
    rows.map(({ id, state, stage, entries, total, report, problem, finished_at: finishedAt }) => {
      const of = total === null ? {} : { of: total };
      const progress = stage && { stage, entries, ...(stage === 'storing' ? of : {}) };
      return [id, { id, state, progress, report, problem, finishedAt }];
    }),
  );
}

/** Forgets files that never arrived as a whole, and what jobs that ended long ago say of their files. */
export async function pruneImportJobs(client: Queryable): Promise<void> {
  await client.query(
    `DELETE FROM todo.import_jobs WHERE (state = 'uploading' AND created_at < now() - interval '1 hour')
       OR finished_at < now() - interval '${KEEP}'`,
  );
}
