// Accepted, effects, lost, doubled: one person's commands held against that person's audit. Pure: times come from outside.
import type { AuditEntry, Outcome } from '../evidence.ts';

/** What the panel shows. `accepted` = `effects` + `waiting` + `lost`, always. */
export interface Counters {
  /** Commands that were answered with success, and those without an answer that turned out to have been done. */
  readonly accepted: number;
  /** Accepted commands whose effect was seen. */
  readonly effects: number;
  /** Accepted commands whose effect may come still. */
  readonly waiting: number;
  /** Accepted commands whose effect did not come in time. */
  readonly lost: number;
  /** Effects beyond one for each accepted command. */
  readonly doubled: number;
  /** Answered with a 4xx: no effect. */
  readonly refused: number;
  /** Without an answer, and without an effect so far. */
  readonly unanswered: number;
}

/** Nothing happened yet. */
export const NOTHING: Counters = {
  ...{ accepted: 0, effects: 0, waiting: 0, lost: 0, doubled: 0, refused: 0, unanswered: 0 },
};

/** An effect comes within this time after its command was accepted and all was well again, ms; later, it is lost. */
export const LOST_AFTER_MS = 30_000;

/** What a command does: each may have this effect once. */
export type Mark = `created ${string}` | `completed ${string}`;

/** One person's account of commands and effects. */
export interface Tally {
  /** A command is about to be sent. */
  readonly asked: (mark: Mark) => void;
  /** Its answer came, or will not come. @param at ms since the epoch */
  readonly answered: (mark: Mark, outcome: Outcome, at: number) => void;
  /** Takes a whole audit of the person. @param readAt when reading began, ms since the epoch */
  readonly read: (
    audit: readonly Pick<AuditEntry, 'type' | 'taskId' | 'task'>[],
    readAt: number,
  ) => void;
  /** @param calmSince since when no fault is in and every part is healthy, ms since the epoch; Infinity: it is not so now */
  readonly counters: (calmSince: number) => Counters;
  /** No command waits for an answer, and no accepted one for its effect. */
  readonly isDecided: () => boolean;
}

/** The effect that an entry of the audit shows; undefined for one that no command of the load asks for. */
export function markOf({
  type,
  taskId,
  task,
}: Pick<AuditEntry, 'type' | 'taskId' | 'task'>): Mark | undefined {
  if (type === 'todo.task.created.v1') return `created ${task?.title ?? ''}`;
  if (type === 'todo.task.completed.v1') return `completed ${taskId ?? ''}`;
  return undefined;
}

/** An empty one. */
export function startTally(): Tally {
  const commands = new Map<Mark, { outcome: Outcome | 'asked'; at: number }>();
  let seen = new Map<Mark, number>();
  let readAt = -Infinity;

  return {
    asked: (mark) => {
      commands.set(mark, { outcome: 'asked', at: Infinity });
    },
    answered: (mark, outcome, at) => {
      commands.set(mark, { outcome, at });
    },
    read: (audit, at) => {
      seen = new Map();
      for (const entry of audit) {
        const mark = markOf(entry);
        if (mark !== undefined) seen.set(mark, (seen.get(mark) ?? 0) + 1);
      }
      readAt = at;
    },
    counters: (calmSince) => {
      const counted = { ...NOTHING } as { -readonly [Name in keyof Counters]: number };
      for (const [mark, { outcome, at }] of commands) {
        const times = seen.get(mark) ?? 0;
        if (outcome === 'refused') counted.refused += 1;
        // Nobody accepted a refused command: each of its effects is one too many.
        counted.doubled += Math.max(0, times - (outcome === 'refused' ? 0 : 1));
        if (outcome === 'asked' || outcome === 'refused') continue;
        if (outcome === 'unknown' && times === 0) counted.unanswered += 1;
        if (outcome === 'accepted' || times > 0) counted.accepted += 1;
        if (times > 0) counted.effects += 1;
        else if (outcome === 'accepted') {
          const late = readAt - Math.max(at, calmSince) > LOST_AFTER_MS;
          counted[late ? 'lost' : 'waiting'] += 1;
        }
      }
      for (const [mark, times] of seen) if (!commands.has(mark)) counted.doubled += times;
      return counted;
    },
    isDecided: () =>
      [...commands].every(
        ([mark, { outcome }]) =>
          outcome === 'refused' ||
          outcome === 'unknown' ||
          (outcome === 'accepted' && seen.has(mark)),
      ),
  };
}

/** All of them together. */
export function sumOf(all: readonly Counters[]): Counters {
  const sum = { ...NOTHING } as { -readonly [Name in keyof Counters]: number };
  for (const one of all)
    for (const name of Object.keys(sum) as (keyof Counters)[]) sum[name] += one[name];
  return sum;
}
