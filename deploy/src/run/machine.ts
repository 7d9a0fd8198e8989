// What running a plan needs from outside: a way to run commands and a clock. Tests give others.
import { execa } from 'execa';
import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from '../plan/plan.ts';

/** How a command ended. */
export interface CommandResult {
  /** Null when it was ended by a signal, a time limit, or never began. */
  readonly exitCode: number | null;
  /** Standard output and error, as they came. */
  readonly output: string;
  /** Why it failed, in words; '' when it did not. */
  readonly reason: string;
}

/** Runs one command to its end. Never throws for a command that fails: that is a result. */
export type RunCommand = (
  command: Command,
  options: {
    /** Is given each line as it comes. */
    readonly onLine?: (line: string) => void;
    /** Ends the command, and everything it started, when it is aborted. */
    readonly stop?: AbortSignal;
  },
) => Promise<CommandResult>;

/** Time, in ms. */
export interface Clock {
  now(): number;
  /** Ends early, without an error, when the signal is aborted. */
  sleep(ms: number, stop?: AbortSignal): Promise<void>;
}

/** The machine's own clock. */
export const clock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
};

/** Settings by which helm alone would go to another cluster than kubectl. */
const HELM_ONLY = /^HELM_KUBE/;

/**
 * Runs commands on this machine.
 * @param root the repository's root: commands run there
 * @param environment what they see of it; of the secrets only those each asks for
 * @param knownSecrets names of all variables with secrets, each also as `NAME_FILE`
 */
export function runHere(
  root: string,
  environment: NodeJS.ProcessEnv,
  knownSecrets: ReadonlySet<string>,
): RunCommand {
  return async (command, { onLine, stop }) => {
    const secrets = new Set(command.secrets ?? []);
    const env = Object.fromEntries(
      Object.entries(environment).filter(([variable]) => {
        const name = variable.replace(/_FILE$/, '');
        return (!knownSecrets.has(name) || secrets.has(name)) && !HELM_ONLY.test(variable);
      }),
    );
    const lines: string[] = [];
    const [program = '', ...args] = command.argv;
    // In a process group of its own, so that Ctrl-C reaches this program and not helm in mid-upgrade.
    const child = execa(program === 'node' ? process.execPath : program, args, {
      cwd: root,
      env,
      extendEnv: false,
      input: command.stdin ?? '',
      all: true,
      buffer: false,
      reject: false,
      detached: true,
      cleanup: false,
      timeout: command.timeoutSeconds * 1000,
      forceKillAfterDelay: 10_000,
    });
    const kill = () => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, 'SIGTERM');
      } catch {
        // ended in the meantime
      }
    };
    stop?.addEventListener('abort', kill, { once: true });
    try {
      for await (const line of child.iterable({ from: 'all' })) {
        if (line.includes('found symbolic link in path')) continue; // how the charts share their library
        lines.push(line);
        onLine?.(line);
      }
      const result = await child;
      const reason = result.timedOut
        ? `no end after ${command.timeoutSeconds} s`
        : stop?.aborted === true
          ? 'stopped'
          : result.exitCode === undefined
            ? (result.originalMessage ??
              result.shortMessage ??
              `ended by ${result.signal ?? 'a signal'}`)
            : `exit code ${result.exitCode}`;
      return {
        exitCode: result.failed ? (result.exitCode ?? null) : 0,
        output: lines.join('\n'),
        reason: result.failed ? reason : '',
      };
    } finally {
      stop?.removeEventListener('abort', kill);
    }
  };
}
