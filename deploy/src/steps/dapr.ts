// Installs Dapr's control plane, or leaves it alone where it is as wanted. helm never upgrades a chart's
// custom resource definitions, so an upgrade brings them up to date first.
// usage: dapr.ts --chart FOLDER|URL --version V --dapr-namespace NS    (reads the values from standard input)
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { TAKE_BACK } from '../plan/commands.ts';
import { get, kubectl, program, run, say } from './cluster.ts';

/** Whether `there` has all that `wanted` says; what it says besides is the administrator's. */
export function includes(there: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return there === wanted;
  if (typeof there !== 'object' || there === null) return false;
  return Object.entries(wanted).every(([key, value]) =>
    includes((there as Record<string, unknown>)[key], value),
  );
}

function main(): void {
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
  run(
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
}

if (import.meta.main) await program(main);
