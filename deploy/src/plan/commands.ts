// Commands that several plans have in common.
import type { Command, Lock, Step } from './plan.ts';
import { CHARTS, SECRETS } from './services.ts';

/** A step with the usual limit of a minute and nothing to show. */
export function step(
  id: string,
  title: string,
  argv: readonly string[],
  more: Partial<Omit<Step, 'id' | 'title' | 'argv'>> = {},
): Step {
  return { id, title, argv, timeoutSeconds: 60, showOnFailure: [], ...more };
}

/** One of the step programs. */
export function program(name: string): string[] {
  return ['node', `deploy/src/steps/${name}.ts`];
}

/**
 * Flags of `helm upgrade` and `helm rollback`: fields of ours that somebody has changed by hand, with kubectl scale, set or edit,
 * are taken back instead of being a conflict. Server-side apply is named, because by default helm goes on as the release was
 * made: one that Helm 3 made is applied by the client, where --force-conflicts is an error.
 */
export const TAKE_BACK: readonly string[] = ['--server-side=true', '--force-conflicts'];

/** Says what was changed by hand since the last deploy. */
export function drift(namespace: string, charts: readonly string[], ...more: string[]): Command {
  return {
    argv: [...program('drift'), ...more, '--namespace', namespace, ...charts],
    timeoutSeconds: 120,
  };
}

/** Creates or changes what standard input declares. */
export function kubectlApply(inNamespace: readonly string[]): string[] {
  return ['kubectl', 'apply', '--server-side', '--force-conflicts', ...inNamespace, '-f', '-'];
}

/** The lock of a release: a Lease in its namespace, by steps/lock.ts. Two renewals may fail or hang before the lease ends. */
export function lockOf(
  input: {
    readonly namespace: string;
    readonly holder: string;
    /** How long to wait for another deploy. */
    readonly lockWaitSeconds: number;
  },
  title = 'No other deploy is running',
): Lock {
  const command = (action: string, timeoutSeconds: number, ...more: string[]): Command => ({
    argv: [
      ...program('lock'),
      action,
      ...['--namespace', input.namespace, '--holder', input.holder, ...more],
    ],
    timeoutSeconds,
  });
  const leaseSeconds = 45;
  const wait = String(input.lockWaitSeconds);
  return {
    acquire: {
      id: 'lock',
      title,
      ...command('acquire', input.lockWaitSeconds + 60, '--wait', wait),
      showOnFailure: [],
    },
    renew: command('renew', 15, '--seconds', String(leaseSeconds)),
    release: command('release', 30),
    leaseSeconds,
    renewEverySeconds: 10,
  };
}

/** What kubectl says of a namespace, without the release's secrets; for `showOnFailure`. */
export function show(namespace: string, ...kubectl: string[]): Command {
  return {
    argv: [
      ...program('show'),
      '--namespace',
      namespace,
      '--',
      ...kubectl,
      '--namespace',
      namespace,
    ],
    secrets: SECRETS,
    timeoutSeconds: 30,
  };
}

/** The pods of a namespace. */
export function podsOf(namespace: string): Command {
  return show(namespace, 'get', 'pods', '--output', 'wide');
}

/** The events of a namespace, the newest last. */
export function eventsOf(namespace: string): Command {
  return show(namespace, 'get', 'events', '--sort-by', '.lastTimestamp');
}

/** The last lines of one container. */
export function logsOf(
  namespace: string,
  name: string,
  container: string,
  kind = 'deploy',
): Command {
  return show(namespace, 'logs', `${kind}/${name}`, '--container', container, '--tail', '20');
}

/** Why pods fail, while they are there; all charts of the system unless some are named. */
export function diagnose(namespace: string, charts: readonly string[] = CHARTS): Command {
  return {
    argv: [...program('diagnose'), '--namespace', namespace, ...charts],
    secrets: SECRETS,
    timeoutSeconds: 60,
  };
}

/** Writes what the cluster says of the release into a folder. */
export function collect(namespace: string, folder: string): Command {
  return {
    argv: [...program('collect'), '--namespace', namespace, '--into', folder],
    secrets: SECRETS,
    timeoutSeconds: 120,
  };
}

/** JSON, indented, with a last newline. */
export function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Several objects as one document stream; JSON is YAML. */
export function yaml(objects: readonly object[]): string {
  return objects.map(json).join('---\n');
}
