// How the step programs talk to the cluster: through kubectl and helm, as a person would, so that a
// kubeconfig with its own login program works. Nothing here but what Node brings with it.
import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { TAKE_BACK } from '../plan/commands.ts';

/** A command that ended with another exit code than 0; the message has its last words. */
export class CommandFailed extends Error {
  readonly stderr: string;
  constructor(command: string, stderr: string) {
    super(`${command}\n${stderr.trim().split('\n').slice(-8).join('\n')}`);
    this.name = 'CommandFailed';
    this.stderr = stderr;
  }
}

/**
 * Runs a command to its end.
 * @param stdin what it reads; secrets may go this way, never through `args`
 * @returns its standard output
 * @throws CommandFailed, or Error when the program is not installed
 */
export function run(program: string, args: readonly string[], stdin = ''): string {
  const result = spawnSync(program, args, {
    input: stdin,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (result.error !== undefined) {
    throw new Error(`${program}: ${result.error.message}. Install it and add it to PATH.`);
  }
  if (result.status !== 0) {
    // helm 4 tells of each symbolic link it follows; that is how the charts share their library
    const stderr = result.stderr.replaceAll(/^.*found symbolic link in path.*\n/gm, '');
    throw new CommandFailed(`${program} ${args.join(' ')}`, stderr || result.stdout);
  }
  return result.stdout;
}

export function kubectl(args: readonly string[], stdin = ''): string {
  return run('kubectl', args, stdin);
}

/** Like `kubectl get … --output json`; undefined when the object or its kind does not exist. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller knows the kind
export function get<T>(args: readonly string[]): T | undefined {
  try {
    return JSON.parse(kubectl(['get', ...args, '--output', 'json'])) as T;
  } catch (error) {
    if (
      error instanceof CommandFailed &&
      /NotFound|not found|doesn't have a resource type/.test(error.stderr)
    ) {
      return undefined;
    }
    throw error;
  }
}

/**
 * Creates or changes objects; unchanged ones keep their version. Secrets stay out of annotations.
 * @param manager under which name the fields are owned
 */
export function apply(namespace: string, manifest: string, manager = 'todo-release'): string {
  return kubectl(
    [
      'apply',
      '--server-side',
      '--force-conflicts',
      '--field-manager',
      manager,
      '--namespace',
      namespace,
      '-f',
      '-',
    ],
    manifest,
  );
}

/** One row of a release's history, as `helm history` prints it. */
export interface Revision {
  readonly revision: number;
  readonly status: string;
  /** When it was last changed, ISO 8601 with zone. */
  readonly updated: string;
  readonly description: string;
}

/** A release's revisions, oldest first; none when there is no such release. */
export function history(namespace: string, release: string): Revision[] {
  try {
    const rows = run('helm', [
      'history',
      release,
      '--namespace',
      namespace,
      '--max',
      '30',
      '--output',
      'json',
    ]);
    return JSON.parse(rows) as Revision[];
  } catch (error) {
    if (error instanceof CommandFailed && error.stderr.includes('not found')) return [];
    throw error;
  }
}

/** The newest revision that once ran well, which a rollback can go to. */
export function lastGood(revisions: readonly Revision[]): Revision | undefined {
  return revisions.findLast(({ status }) => status === 'deployed' || status === 'superseded');
}

/** The manifests of releases as they were deployed last, without what failed since; nothing for those that are not there. */
export function deployedManifests(namespace: string, releases: readonly string[]): string[] {
  const inNamespace = ['--namespace', namespace];
  const rows = JSON.parse(run('helm', ['list', ...inNamespace, '--output', 'json'])) as readonly {
    name: string;
    revision: string;
    status: string;
  }[];
  return releases.flatMap((release) => {
    const row = rows.find(({ name }) => name === release);
    if (row === undefined) return [];
    const revision =
      row.status === 'deployed' ? row.revision : lastGood(history(namespace, release))?.revision;
    if (revision === undefined) return [];
    return [
      run('helm', ['get', 'manifest', release, ...inNamespace, '--revision', String(revision)]),
    ];
  });
}

/**
 * Takes a release back to a revision and waits until it is healthy. It takes back fields that somebody has changed by hand, and
 * a Deployment that somebody has paused, which would never become healthy, is resumed.
 */
export function rollBackRelease(
  namespace: string,
  release: string,
  revision: number,
  timeoutSeconds: string,
): void {
  const deployment = get<{ spec: { paused?: boolean } }>([
    ...['deployment', release, '--namespace', namespace],
  ]);
  if (deployment?.spec.paused === true) {
    kubectl(['rollout', 'resume', `deployment/${release}`, '--namespace', namespace]);
  }
  run('helm', [
    ...['rollback', release, String(revision), '--namespace', namespace, ...TAKE_BACK],
    ...['--wait', '--timeout', `${timeoutSeconds}s`],
  ]);
}

/** Removes a release and waits until its objects are gone. */
export function uninstall(namespace: string, release: string): void {
  run('helm', ['uninstall', release, '--namespace', namespace, '--wait', '--timeout', '120s']);
}

/**
 * Asks again and again until there is an answer.
 * @param seconds how long at most
 * @param ask gives undefined as long as there is none
 * @returns the answer, or undefined when the time is over
 */
export async function until<T>(
  seconds: number,
  ask: () => T | undefined | Promise<T | undefined>,
  everyMs = 1000,
): Promise<T | undefined> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined || Date.now() > end) return answer;
    await sleep(everyMs);
  }
}

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Runs a step program: an error becomes its message and exit code 1. */
export async function program(main: () => void | Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
