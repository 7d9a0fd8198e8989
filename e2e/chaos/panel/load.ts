// Load at a rate that somebody sets: people add and complete tasks, and what came of it is read from outside, in their audits.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { auditOf } from '../collect.ts';
import type { Outcome } from '../evidence.ts';
import type { Answer, Ask, Send } from '../workload/client.ts';
import { answeredTask, json, outcomeOf } from '../workload/known-task.ts';
import { titleOf } from '../workload/titles.ts';
import { NOTHING, startTally, sumOf, type Counters, type Mark, type Tally } from './tally.ts';

/** The most commands a second that can be asked for. */
export const MOST_PER_SECOND = 20;
/** A load ends by itself after so long, ms. */
export const LOAD_FOR_MS = 300_000;
/** Commands are given in steps of this, ms. */
const STEP_MS = 50;
/** Commands on their way at once; with more, the load waits as people would. */
const MOST_AT_ONCE = 60;
/** People who give commands side by side, and how many each gives before somebody else does: an audit is read whole. */
const PEOPLE_AT_ONCE = 3;
const COMMANDS_EACH = 100;
/** Audits are read this often, ms: those with something to come, and the others. */
const READ_EVERY_MS = 1_000;
const REREAD_EVERY_MS = 5_000;
/** What comes twice comes within this time after a person's last command and the last fault, ms. */
const SETTLED_MS = 30_000;
/** Nobody is watched for longer than this after their last command, ms. */
const WATCHED_FOR_MS = 900_000;
/** How many of all commands complete a task, where one is open. */
const COMPLETING = 0.4;

/** What the load works on. */
export interface LoadOptions {
  /** A client of a person that nobody was yet. */
  readonly join: (name: string) => Promise<Send>;
  /** Since when all is well, ms since the epoch; Infinity: it is not so now. */
  readonly calmSince: () => number;
  /** True while each command is sent twice at once. */
  readonly doubles: () => boolean;
}

/** A load that is zero until it is set. */
export interface Load {
  /** @param perSecond commands a second, from 0 to {@link MOST_PER_SECOND} */
  readonly set: (perSecond: number) => void;
  readonly state: () => { perSecond: number; endsAt: number | null };
  readonly counters: () => Counters;
  /** Those whose audits are read now. */
  readonly people: () => readonly { readonly send: Send }[];
  /** Ends it. Resolves when nothing is on its way any more. */
  readonly stop: () => Promise<void>;
}

interface Worker {
  readonly index: number;
  readonly send: Send;
  readonly tally: Tally;
  /** Ids of tasks that can be completed. */
  readonly open: string[];
  given: number;
  lastAt: number;
  readAt: number;
}

/** Starts it. */
export function startLoad({ join, calmSince, doubles }: LoadOptions): Load {
  let rate = { perSecond: 0, until: 0 };
  let workers: Worker[] = [];
  let gone: Counters = NOTHING;
  let joined = 0;
  let turn = 0;
  const onTheWay = new Set<Promise<void>>();
  const stopping = new AbortController();
  const isStopping = (): boolean => stopping.signal.aborted;
  const rest = (ms: number): Promise<unknown> =>
    sleep(ms, undefined, { signal: stopping.signal }).catch(() => undefined);

  async function givers(): Promise<Worker[]> {
    const able = workers.filter(({ given }) => given < COMMANDS_EACH);
    while (able.length < PEOPLE_AT_ONCE) {
      const index = joined++;
      const own = { index, send: await join(`break-${index}`), tally: startTally() };
      const worker: Worker = { ...own, open: [], given: 0, lastAt: Date.now(), readAt: 0 };
      workers.push(worker);
      able.push(worker);
    }
    return able;
  }

  async function give(): Promise<void> {
    const able = await givers();
    const worker = able[turn++ % able.length];
    if (!worker) return;
    worker.given += 1;
    worker.lastAt = Date.now();
    const command = commandOf(worker, doubles).finally(() => {
      onTheWay.delete(command);
    });
    onTheWay.add(command);
  }

  async function giveAll(): Promise<void> {
    let credit = 0;
    let before = performance.now();
    while (!isStopping()) {
      await rest(STEP_MS);
      const now = performance.now();
      const perSecond = Date.now() < rate.until ? rate.perSecond : 0;
      // What could not be given in time is not made up for.
      credit = Math.min(1 + perSecond / 5, credit + (perSecond * (now - before)) / 1_000);
      before = now;
      if (perSecond === 0) credit = 0;
      for (; credit >= 1 && onTheWay.size < MOST_AT_ONCE && !isStopping(); credit--) await give();
    }
  }

  async function readAll(): Promise<void> {
    while (!isStopping()) {
      await rest(READ_EVERY_MS);
      for (const worker of workers) {
        const now = Date.now();
        const soon = worker.tally.isDecided() ? REREAD_EVERY_MS : 0;
        if (isStopping() || now - worker.readAt < soon) continue;
        // Not repeated: while the audit can't be read, nothing is known, and nothing is lost.
        const audit = await auditOf((ask) => worker.send({ ...ask, repeat: false })).catch(
          () => undefined,
        );
        if (audit === undefined) continue;
        worker.tally.read(audit, now);
        worker.readAt = now;
      }
      retire();
    }
  }

  /** Counts once and for all what those came to who gave all their commands, so that the load may last. */
  function retire(): void {
    const calm = calmSince();
    const isDone = ({ given, lastAt, readAt, tally }: Worker): boolean =>
      given >= COMMANDS_EACH &&
      ((tally.isDecided() && readAt - Math.max(lastAt, calm) > SETTLED_MS) ||
        Date.now() - lastAt > WATCHED_FOR_MS);
    const done = workers.filter(isDone);
    gone = sumOf([gone, ...done.map(({ tally }) => tally.counters(calm))]);
    workers = workers.filter((worker) => !done.includes(worker));
  }

  const running = Promise.all([giveAll(), readAll()]);
  return {
    set: (perSecond) => {
      rate = { perSecond, until: Date.now() + LOAD_FOR_MS };
    },
    state: () => {
      const on = rate.perSecond > 0 && Date.now() < rate.until;
      return { perSecond: on ? rate.perSecond : 0, endsAt: on ? rate.until : null };
    },
    counters: () => {
      const calm = calmSince();
      return sumOf([gone, ...workers.map(({ tally }) => tally.counters(calm))]);
    },
    people: () => workers,
    stop: async () => {
      stopping.abort();
      await running;
      await Promise.all(onTheWay);
    },
  };
}

/** Gives one command and notes what came of it. */
async function commandOf(worker: Worker, doubles: () => boolean): Promise<void> {
  const taskId = Math.random() < COMPLETING ? worker.open.shift() : undefined;
  const title = titleOf(worker.index, worker.given);
  const mark: Mark = taskId === undefined ? `created ${title}` : `completed ${taskId}`;
  const ask: Ask =
    taskId === undefined
      ? {
          ...{ method: 'POST', path: '/api/v1/tasks', body: { title } },
          headers: { 'idempotency-key': randomUUID() },
        }
      : { method: 'POST', path: `/api/v1/tasks/${taskId}/complete` };
  worker.tally.asked(mark);
  const { outcome, id } = await sent(worker.send, ask, doubles());
  worker.tally.answered(mark, outcome, Date.now());
  if (taskId === undefined && id !== undefined) worker.open.push(id);
}

async function sent(
  send: Send,
  ask: Ask,
  twice: boolean,
): Promise<{ outcome: Outcome; id: string | undefined }> {
  const answers: Answer[] = await Promise.all(twice ? [send(ask), send(ask)] : [send(ask)]);
  const best = answers.find(({ status }) => status > 0 && status < 400) ?? answers[0];
  const outcome = outcomeOf({ status: best?.status ?? 0 });
  return { outcome, id: answeredTask.safeParse(json(best?.text ?? '')).data?.id };
}
