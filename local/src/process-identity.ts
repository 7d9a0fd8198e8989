// A pid alone names no process: after a crash another one may have it. A pid and its start time do.
// Everything here that ends a process checks both first, so that a leftover is ended and a stranger never is.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** One process for good: its pid and when it started, in the system's own notation (compared, never parsed). */
export interface ProcessIdentity {
  pid: number;
  startTime: string;
}

/**
 * When a process started: clock ticks since boot on Linux, a date elsewhere. Undefined if it does not run
 * (a zombie, which only waits for its parent, does not run).
 */
export function startTimeOf(pid: number): string | undefined {
  if (process.platform === 'linux') {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The second field is the name in brackets and may hold spaces: count from the last bracket.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' ? undefined : fields[19];
    } catch {
      return undefined;
    }
  }
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    return line === '' || line.startsWith('Z')
      ? undefined
      : line.slice(line.indexOf(' ') + 1).trim();
  } catch {
    return undefined;
  }
}

/** The identity of a running process, undefined if there is none with this pid. */
export function identify(pid: number): ProcessIdentity | undefined {
  const startTime = startTimeOf(pid);
  return startTime === undefined ? undefined : { pid, startTime };
}

/** Whether exactly this process still runs. */
export function isRunning(identity: ProcessIdentity): boolean {
  return startTimeOf(identity.pid) === identity.startTime;
}

/** Sends a signal to a process or, with a negative pid, to its group. False if there was none. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch {
    return false;
  }
}

/** Whether a process group still has a member. */
function groupIsRunning(pid: number): boolean {
  try {
    process.kill(-pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Ends a process that leads a group, and with it the group: `first`, then SIGKILL to what is left.
 * @param graceMs milliseconds between the two
 * @returns whether it had to be killed
 */
export async function endGroup(
  identity: ProcessIdentity,
  first: NodeJS.Signals,
  graceMs: number,
): Promise<boolean> {
  if (isRunning(identity)) signal(identity.pid, first);
  const deadline = Date.now() + graceMs;
  while (isRunning(identity) && Date.now() < deadline) await sleep(25);
  const killed = isRunning(identity);
  // The leader is gone or hangs. Its group number stays reserved while a member lives, so no stranger is hit.
  if (killed || groupIsRunning(identity.pid)) signal(-identity.pid, 'SIGKILL');
  while (isRunning(identity)) await sleep(10);
  return killed;
}
