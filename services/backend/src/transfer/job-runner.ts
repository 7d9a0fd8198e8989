// Works on imports that go on behind their request. A job is read as a whole, which stores nothing, then stored in steps of one
// transaction each; a step's tasks, events and record are committed together, under the job's lease (job-rows.ts). A process
// that ends in between loses at most the step it was in: whoever takes the job reads the file again and continues behind the
// last record. Asleep while no job is unfinished: an accepted file, or a question about an unfinished one, wakes it.
import { randomUUID } from 'node:crypto';
import { Problem } from '@todo/contracts/problem';
import { createAlarm } from '@todo/runtime/clock';
import type { Clock } from '@todo/runtime/clock';
import type { Pool } from '@todo/runtime/database';
import type { Logger } from '@todo/runtime/log';
import type { Tasks } from '../tasks/commands.ts';
import type { TaskContext } from '../tasks/task-context.ts';
import { duplicateChoice } from './duplicates.ts';
import { importRun } from './import-run.ts';
import {
  claimJob,
  failJob,
  finishJob,
  holdJob,
  insertStep,
  nextClaimIn,
  noteReading,
  pruneImportJobs,
  releaseJob,
} from './job-rows.ts';
import { readPieces, readSteps } from './job-files.ts';
import type { Job } from './job-rows.ts';
import { readFile } from './read-file.ts';
import type { ReadFile } from './read-file.ts';

/** Jobs at once in one process: each holds some memory. */
const MAX_AT_ONCE = 2;
/** Signs of life while a file is read, ms; a lease lasts 30 s. */
const BEAT_MS = 5_000;
/** A job that was begun so often without storing anything fails: perhaps it ends every process that reads it. */
const MAX_ATTEMPTS = 5;
/** Pause after a fault, ms; doubled with each. */
const PAUSE_MS = 1_000;
/** Longest sleep while jobs are unfinished, ms. */
const MAX_SLEEP_MS = 60_000;
/**
 * Looks while none is known, ms: some soon after the start, because the process that this one replaces may still give a job
 * back; then seldom, to leave an idle database alone.
 */
const SWEEP_MS = 3_600_000;
const FIRST_SWEEPS = 4;

/** The running runner. */
export interface ImportRunner {
  /** Says that a job may wait. Returns at once. */
  wake: () => void;
  /** Gives jobs under way back after their current step. */
  stop: () => Promise<void>;
}

/** What it works with. */
export interface RunnerParts {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly tasks: Tasks;
  readonly log: Logger;
}

/** The job belongs to another process by now, or is canceled: nothing more is to be stored. */
class JobLost extends Error {
  override readonly name = 'JobLost';
}

/** Starts it with a look for jobs that a process left behind. */
export function startImportRunner(parts: RunnerParts): ImportRunner {
  const { pool, clock, log } = parts;
  const running = new Set<Promise<void>>();
  const alarm = createAlarm(clock, wake);
  let looking: Promise<void> | undefined;
  let again = false;
  let stopped = false;
  let sweeps = 0;

  const sleep = (ms: number): void => {
    if (!stopped) alarm.setIn(ms);
  };
  const look = async (): Promise<void> => {
    do {
      again = false;
      try {
        while (running.size < MAX_AT_ONCE && !stopped) {
          const job = await claimJob(pool, randomUUID());
          if (job === undefined) break;
          begin(job);
        }
        const ms = await nextClaimIn(pool);
        if (ms !== undefined) sleep(Math.min(ms + PAUSE_MS, MAX_SLEEP_MS));
        else {
          sleep(sweeps < FIRST_SWEEPS ? MAX_SLEEP_MS : SWEEP_MS);
          sweeps += 1;
        }
      } catch (error) {
        log.warn({ err: error }, 'imports are delayed: the database does not answer');
        sleep(MAX_SLEEP_MS / 2);
      }
    } while (isAsked());
    looking = undefined;
  };
  const isAsked = (): boolean => again && !stopped;
  const begin = (job: Job): void => {
    const work = runJob(parts, job, () => stopped).finally(() => {
      running.delete(work);
      wake();
    });
    running.add(work);
  };
  function wake(): void {
    if (stopped) return;
    again = true;
    looking ??= look();
  }
  void pruneImportJobs(pool).catch(() => undefined);
  wake();
  return {
    wake,
    stop: async () => {
      stopped = true;
      alarm.clear();
      await looking;
      await Promise.all(running);
    },
  };
}

async function runJob(parts: RunnerParts, job: Job, isStopped: () => boolean): Promise<void> {
  const { pool, log } = parts;
  try {
    if (job.attempts > MAX_ATTEMPTS)
      throw new Problem(
        500,
        'import-failed',
        'The import could not be finished. What it stored can be undone; import the file again.',
      );
    const file = await readJob(parts, job, isStopped);
    await storeJob(parts, job, file, isStopped);
    log.info({ importId: job.id }, 'import finished');
  } catch (error) {
    await giveBack(parts, job, error).catch((fault: unknown) => {
      // its lease ends by itself
      log.warn({ err: fault, importId: job.id }, 'an import could not be given back');
    });
  }
  if (isStopped()) await releaseJob(pool, job, 0).catch(() => undefined);
}

async function giveBack({ pool, log }: RunnerParts, job: Job, error: unknown): Promise<void> {
  if (error instanceof JobLost) return;
  if (error instanceof Problem) {
    await failJob(pool, job, error);
    return;
  }
  log.warn({ err: error, importId: job.id, attempt: job.attempts }, 'an import is delayed');
  await releaseJob(pool, job, PAUSE_MS * 2 ** job.attempts);
}

/** Reads the file, with signs of life. @throws JobLost; Problem when it is refused */
async function readJob(
  { pool, log }: RunnerParts,
  job: Job,
  isStopped: () => boolean,
): Promise<ReadFile> {
  const { type, zone, locale } = job.options;
  let entries = 0;
  let isLost = !(await noteReading(pool, job, 0));
  const beat = setInterval(() => {
    noteReading(pool, job, entries).then(
      (isOurs) => {
        isLost ||= !isOurs;
      },
      (error: unknown) => {
        log.warn({ err: error, importId: job.id }, 'an import could not note its progress');
      },
    );
  }, BEAT_MS);
  try {
    return await readFile(
      readPieces(pool, job.id),
      type ?? undefined,
      { zone, locale, now: job.readAt },
      (read) => {
        entries = read;
        if (isLost || isStopped()) throw new JobLost();
      },
    );
  } finally {
    clearInterval(beat);
  }
}

async function storeJob(
  { pool, tasks }: RunnerParts,
  job: Job,
  file: ReadFile,
  isStopped: () => boolean,
): Promise<void> {
  const { duplicates, choices, match, actor, zone, locale } = job.options;
  const context: TaskContext = { userId: job.userId, actor, zone, locale, zoneAsOf: null };
  const choice = duplicateChoice(duplicates, choices ?? undefined, match);
  const run = importRun(file, { duplicates: choice, dryRun: false });
  let done = 0;
  let entries = 0;
  let stored = 0;
  const count = (counts: Readonly<Record<string, number>>): void => {
    for (const [outcome, number] of Object.entries(counts)) {
      entries += number;
      if (outcome !== 'duplicate' && outcome !== 'left out') stored += number;
    }
  };
  for await (const record of readSteps(pool, job.id)) {
    run.restore(record);
    count(record.counts);
    stored += record.newLists.length;
    done += 1;
  }
  for await (const step of run.steps(done)) {
    if (isStopped()) throw new JobLost();
    await tasks.importStep(context, job.id, async (store, client) => {
      if (!(await holdJob(client, job))) throw new JobLost();
      await run.take(step, store);
      const record = run.takeRecord();
      count(record.counts);
      stored += record.newLists.length;
      await insertStep(client, job, step.number, record, { entries, of: file.entries.length });
      await store.finish();
    });
  }
  await tasks.importStep(context, job.id, async (_store, client) => {
    if (!(await holdJob(client, job))) throw new JobLost();
    await finishJob(client, job, run.report(stored > 0 ? job.id : null));
  });
}
