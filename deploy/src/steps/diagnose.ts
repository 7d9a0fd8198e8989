// Why a roll-out fails, while the failing pods are still there: for each container that is not well its
// reason, image, exit code and last words; what the scheduler says of a pod it can't place; what the API
// server says of pods it refuses; volumes that can't be mounted. No secret of the release is shown.
// usage: diagnose.ts --namespace NS CHART…
import { parseArgs } from 'node:util';
import { maskOf } from '../run/masking.ts';
import type { Mask } from '../run/masking.ts';
import { get, kubectl, program, say } from './cluster.ts';
import { isReady, podsOf } from './pods.ts';
import type { ContainerStatus, Pod } from './pods.ts';
import { secretsOf } from './secrets.ts';

const LOG_LINES = 12;

interface ReplicaSets {
  items: {
    metadata: { name: string };
    status: { conditions?: { type: string; status: string; message: string }[] };
  }[];
}

interface Events {
  items: {
    type: string;
    reason: string;
    message: string;
    count?: number;
    involvedObject: { kind: string; name: string };
  }[];
}

/** What every part of a diagnosis needs. */
interface Seen {
  readonly namespace: string;
  readonly mask: Mask;
}

/** One line for a container that is not well; undefined for one that is. */
export function complaint(status: ContainerStatus): string | undefined {
  const { state, lastState, restartCount, name, image } = status;
  const ended = state.terminated ?? lastState?.terminated;
  if (state.waiting !== undefined && state.waiting.reason !== 'PodInitializing') {
    const { reason, message } = state.waiting;
    const exit = ended === undefined ? '' : `, last exit code ${ended.exitCode} (${ended.reason})`;
    return `${name}: ${reason}${message === undefined ? '' : `: ${message}`} [${image}]${exit}`;
  }
  if (state.terminated !== undefined && state.terminated.exitCode !== 0) {
    return `${name}: exit code ${state.terminated.exitCode} (${state.terminated.reason}) [${image}]`;
  }
  if (state.running !== undefined && !status.ready) {
    const restarts = restartCount === 0 ? '' : `, restarted ${restartCount} times`;
    const exit = ended === undefined ? '' : `, last exit code ${ended.exitCode} (${ended.reason})`;
    return `${name}: runs but is not ready [${image}]${restarts}${exit}`;
  }
  return undefined;
}

/** The lines of a log that say most: errors of structured logs first, else the last ones. */
export function tellingLines(log: string): string[] {
  const lines = log.split('\n').filter((line) => line.trim() !== '');
  const errors = lines.filter((line) =>
    /"level":\s*"?(error|fatal|[56]0)"?|level=(error|fatal)|\b(Error|FATAL)\b/.test(line),
  );
  return (errors.length > 0 ? errors : lines).slice(-LOG_LINES);
}

function logOf(
  { namespace, mask }: Seen,
  pod: string,
  container: string,
  previous: boolean,
): string {
  try {
    // before it is cut into lines of a length: half a secret is not found any more
    const log = kubectl([
      'logs',
      pod,
      '--namespace',
      namespace,
      '--container',
      container,
      '--tail',
      '60',
      ...(previous ? ['--previous'] : []),
    ]);
    return mask(log);
  } catch {
    return ''; // a container that never started has no log
  }
}

/** An event's message without what differs each time it happens: the same reason is told once. */
export function withoutIds(message: string): string {
  return message
    .replace('(combined from similar events): ', '')
    .replaceAll(/\b[0-9a-f]{32,}\b/g, '…');
}

function describe(seen: Seen, pod: Pod, events: Events): string[] {
  const lines: string[] = [];
  for (const condition of pod.status.conditions ?? []) {
    if (condition.type === 'PodScheduled' && condition.status === 'False') {
      lines.push(`not scheduled: ${condition.message ?? condition.reason ?? ''}`);
    }
  }
  const statuses = [
    ...(pod.status.initContainerStatuses ?? []),
    ...(pod.status.containerStatuses ?? []),
  ];
  for (const status of statuses) {
    const told = complaint(status);
    if (told === undefined) continue;
    lines.push(told);
    const log =
      logOf(seen, pod.metadata.name, status.name, status.restartCount > 0) ||
      logOf(seen, pod.metadata.name, status.name, false);
    lines.push(...tellingLines(log).map((line) => `  | ${line.slice(0, 400)}`));
  }
  const warnings = events.items.filter(
    ({ type, involvedObject, reason }) =>
      type === 'Warning' && involvedObject.name === pod.metadata.name && reason !== 'BackOff',
  );
  lines.push(
    ...[
      ...new Set(warnings.map(({ reason, message }) => `event ${reason}: ${withoutIds(message)}`)),
    ].slice(-6),
  );
  return lines;
}

/**
 * Why pods fail, as lines without secrets.
 * @param charts whose pods to examine
 */
export function diagnosisOf(namespace: string, charts: readonly string[]): string[] {
  const inNamespace = ['--namespace', namespace];
  const events = get<Events>(['events', ...inNamespace]) ?? { items: [] };
  const mask = maskOf(secretsOf(namespace));
  const lines: string[] = [];
  for (const chart of charts) {
    for (const pod of podsOf(namespace, chart)) {
      if (isReady(pod)) continue;
      lines.push(`pod ${pod.metadata.name} (${pod.status.phase})`);
      lines.push(...describe({ namespace, mask }, pod, events).map((line) => `  ${line}`));
    }
    const selector = ['--selector', `app.kubernetes.io/name=${chart}`];
    for (const set of get<ReplicaSets>(['replicasets', ...inNamespace, ...selector])?.items ?? []) {
      for (const { type, status, message } of set.status.conditions ?? []) {
        if (type !== 'ReplicaFailure' || status !== 'True') continue;
        lines.push(`no pod for ${set.metadata.name}: ${message}`);
      }
    }
  }
  return lines.length === 0
    ? ['every pod is ready: see the output of the failed step']
    : lines.map(mask);
}

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { namespace: { type: 'string', default: 'todo' } },
  });
  diagnosisOf(values.namespace, positionals).forEach(say);
}

if (import.meta.main) await program(main);
