// Installs Dapr's control plane, or leaves it alone where it is as wanted. helm never upgrades a chart's
// custom resource definitions, so an upgrade brings them up to date first.
// On a first install operator and injector wait for the certificate authority's trust bundle, in a ConfigMap that the authority
// fills when it starts. A pod that mounted it while it was empty sees it when kubelet next looks, in a minute or more; a change
// of the pod's annotations makes it look at once [Kubernetes docs, "Mounted ConfigMaps are updated automatically"].
// usage: dapr.ts --chart FOLDER|URL --version V --dapr-namespace NS    (reads the values from standard input)
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { TAKE_BACK } from '../plan/commands.ts';
import { CommandFailed, get, kubectl, program, run, say } from './cluster.ts';

/** Whether `there` has all that `wanted` says; what it says besides is the administrator's. */
export function includes(there: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return there === wanted;
  if (typeof there !== 'object' || there === null) return false;
  return Object.entries(wanted).every(([key, value]) =>
    includes((there as Record<string, unknown>)[key], value),
  );
}

interface Pods {
  readonly items: readonly {
    readonly metadata: {
      readonly name: string;
      readonly labels?: Readonly<Record<string, string>>;
    };
    readonly status?: {
      readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    };
  }[];
}

/** Pods of Dapr's own that are not ready, by name: those that may wait for the trust bundle. */
export function waiting(pods: Pods): string[] {
  return pods.items
    .filter(({ metadata }) => metadata.labels?.['app']?.startsWith('dapr-') === true)
    .filter(
      ({ status }) =>
        status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True') !== true,
    )
    .map(({ metadata }) => metadata.name);
}

/** How often the trust bundle is looked for, and pods that wait are made to look, in ms. */
const LOOK_EVERY_MS = 1000;

/**
 * Shows the trust bundle to pods that were started before it was there, until `end`. What fails here costs a minute: helm waits
 * for the pods in any case.
 */
async function showTrustBundle(namespace: string, end: AbortSignal): Promise<void> {
  const ended = () => end.aborted;
  while (!ended()) {
    await sleep(LOOK_EVERY_MS, undefined, { signal: end }).catch(() => undefined);
    if (ended()) return;
    try {
      const bundle = get<{ data?: Record<string, string> }>([
        ...['configmap', 'dapr-trust-bundle', '--namespace', namespace],
      ]);
      if (!bundle?.data?.['ca.crt']) continue;
      const pods = get<Pods>(['pods', '--namespace', namespace]) ?? { items: [] };
      const names = waiting(pods);
      if (names.length === 0) continue;
      kubectl([
        ...['annotate', '--overwrite', '--namespace', namespace, 'pods', ...names],
        `todo-release/looked-at=${new Date().toISOString()}`,
      ]);
    } catch {
      // the namespace is not there yet, or a pod is gone in the meantime
    }
  }
}

/** Like `run`, but others can go on meanwhile. */
async function runAside(command: string, args: readonly string[], stdin: string): Promise<void> {
  const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  child.stdin.on('error', () => undefined); // it ended without reading: its exit code says why
  child.stdin.end(stdin);
  const code = await new Promise<number | null>((done, fail) => {
    child.once('error', fail);
    child.once('close', done);
  });
  if (code !== 0) throw new CommandFailed(`${command} ${args.join(' ')}`, stderr);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      chart: { type: 'string', default: '' },
      version: { type: 'string', default: '' },
      'dapr-namespace': { type: 'string', default: 'dapr-system' },
    },
  });
  const namespace = values['dapr-namespace'];
  const input = readFileSync(0, 'utf8');
  const releases = JSON.parse(
    run('helm', ['list', '--namespace', namespace, '--filter', '^dapr$', '--output', 'json']),
  ) as { chart: string; status: string }[];
  const release = releases[0];
  if (release?.status === 'deployed' && release.chart === `dapr-${values.version}`) {
    const there: unknown = JSON.parse(
      run('helm', ['get', 'values', 'dapr', '--namespace', namespace, '--output', 'json']),
    );
    if (includes(there, JSON.parse(input))) {
      say(`${release.chart} is installed`);
      return;
    }
  }
  const definition = get<{ metadata: { annotations?: Record<string, string> } }>([
    'customresourcedefinition',
    'components.dapr.io',
  ]);
  const owner = definition?.metadata.annotations?.['meta.helm.sh/release-namespace'];
  if (release === undefined && owner !== undefined && owner !== namespace) {
    throw new Error(
      `Dapr is already installed in namespace ${owner}: deploy with --without-dapr, or remove it first`,
    );
  }
  const chart =
    existsSync(values.chart) || values.chart.startsWith('oci://')
      ? [values.chart, ...(existsSync(values.chart) ? [] : ['--version', values.version])]
      : ['dapr', '--repo', values.chart, '--version', values.version];
  if (definition !== undefined) {
    kubectl(
      ['apply', '--server-side', '--force-conflicts', '-f', '-'],
      run('helm', ['show', 'crds', ...chart]),
    );
  }
  say(release === undefined ? 'installing' : `upgrading from ${release.chart}`);
  const upgrade = ['upgrade', '--install', 'dapr', ...chart, ...TAKE_BACK];
  const installed = new AbortController();
  const shown = showTrustBundle(namespace, installed.signal);
  try {
    await runAside(
      'helm',
      [
        ...upgrade,
        '--namespace',
        namespace,
        '--create-namespace',
        '--values',
        '-',
        '--wait',
        '--timeout',
        '240s',
      ],
      input,
    );
  } finally {
    installed.abort();
    await shown;
  }
}

if (import.meta.main) await program(main);
