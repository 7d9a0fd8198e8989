// What a release plan is: the protocol between the functions that make one and the one program that runs it (run-plan.ts).
// The phases stand in the type, so that no runner has to know the name of a step.

/** The two environments; they differ in values, broker and where secrets come from. */
export type Environment = 'local' | 'cloud';

/** One command, run in the repository's root with KUBECONFIG set. */
export interface Command {
  readonly argv: readonly string[];
  /** Written to the command's standard input. Never holds a secret. */
  readonly stdin?: string;
  /** Environment variables with secrets that this command may see, each also as `NAME_FILE`. */
  readonly secrets?: readonly string[];
  readonly timeoutSeconds: number;
}

/** One step: it succeeds when its command exits with 0. */
export interface Step extends Command {
  readonly id: string;
  readonly title: string;
  /** Shown, each with its output, when the step fails; none of them changes anything. */
  readonly showOnFailure: readonly Command[];
}

/** How a plan keeps others out while it changes something. */
export interface Lock {
  readonly acquire: Step;
  /** Exits with {@link LOCK_LOST} when somebody else holds the lock, with another code when it could not be renewed. */
  readonly renew: Command;
  /** Changes nothing when somebody else holds the lock. */
  readonly release: Command;
  /** How long a renewal lasts, in seconds: a deploy that dies blocks others no longer. */
  readonly leaseSeconds: number;
  /** How often it is renewed, in seconds; several times a lease, so that one failure loses nothing. */
  readonly renewEverySeconds: number;
}

/**
 * Exit code of a lock program that found the lock in other hands, and of a deploy that stopped for it. Beside the codes of
 * sysexits.h (64 to 78), which a shell, Node and helm don't use either.
 */
export const LOCK_LOST = 79;

/** Exit code of a roll-back that went well where nothing had run before: there is nothing as it was. */
export const NOTHING_BEFORE = 80;

/**
 * A release, a rollback or a removal. How it is run:
 *
 *     preflight → lock.acquire → preparation → changes → lock.release
 *
 * 1. The steps of each phase in order. From `acquire` to `release` the lock is renewed all the time, also while a failure is
 *    diagnosed and rolled back. Lost means stop: nothing is rolled back, since another deploy is at it.
 * 2. When a step fails or is interrupted: its `showOnFailure`. When it is one of `changes`, `diagnosis` too, while what
 *    failed is still there, and then `rollBack`.
 * 3. In every case `release`, once `acquire` was begun and unless the lock was lost.
 */
export interface Plan {
  readonly environment: Environment | 'none';
  readonly namespace: string;
  /** Changes nothing that runs. */
  readonly preflight: readonly Step[];
  readonly lock: Lock;
  /** Under the lock: puts right what an earlier deploy left half done, and notes what runs. */
  readonly preparation: readonly Step[];
  readonly changes: readonly Step[];
  /** For a dry run: says what was changed by hand and would be taken back; changes nothing. */
  readonly drift?: Command;
  /** Says why a change failed; changes nothing. */
  readonly diagnosis: readonly Command[];
  /** Back to what ran before; none where there is no way back. */
  readonly rollBack?: Command;
}

/** All steps in the order they are run. */
export function stepsOf(plan: Plan): Step[] {
  return [...plan.preflight, plan.lock.acquire, ...plan.preparation, ...plan.changes];
}
