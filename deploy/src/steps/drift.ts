// Manual changes since the last deploy: each object of a release and of Dapr's manifests as it is, compared with what
// the API server would make of it if the same were deployed again. A deploy takes its own values back (helm and kubectl apply
// with --force-conflicts); here it says which. Changes nothing, but for --hand-over.
// usage: drift.ts [--hand-over] --namespace NS RELEASE…
//   --hand-over: where a HorizontalPodAutoscaler decides how many pods there are, helm stops to own that number
import { parseArgs } from 'node:util';
import { apply, CommandFailed, deployedManifests, get, kubectl, program, say } from './cluster.ts';
import { differences, ownerOf, pathsOf, pathText } from './differences.ts';
import type { Difference, FieldOwner } from './differences.ts';
import { readStored } from './manifests.ts';

/** An object as kubectl prints it. */
export interface Live {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly managedFields?: readonly FieldOwner[] };
  readonly spec?: { readonly replicas?: number };
}

interface Autoscaler {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly scaleTargetRef: { readonly kind: string; readonly name: string } };
}

/** Under which name helm, and this deploy's own `kubectl apply`, write. */
const OWN_MANAGERS = new Set(['helm', 'todo-release']);

/** Names the fields of a number of pods that helm no longer owns. */
const SCALE_MANAGER = 'todo-scale';

/**
 * Lines that say what differs.
 * @param there the objects in the cluster, as far as they exist
 * @param deployed the same with the deployed values
 * @param autoscalers by name of the Deployment each one scales
 */
export function describeDrift(
  there: readonly Live[],
  deployed: readonly Live[],
  autoscalers: ReadonlyMap<string, string>,
): string[] {
  return deployed.flatMap((wanted) => {
    const name = nameOf(wanted);
    const live = there.find((one) => nameOf(one) === name);
    if (live === undefined) return [`${name} was deleted`];
    const all = live.metadata.managedFields ?? [];
    const owners = all.filter(({ manager }) => !OWN_MANAGERS.has(manager));
    const own = all.filter(({ manager }) => OWN_MANAGERS.has(manager));
    const changed = differences(live, wanted).map((difference) => {
      const path = pathText(difference.path);
      const scaler = wanted.kind === 'Deployment' && autoscalers.get(wanted.metadata.name);
      return path === '.spec.replicas' && scaler
        ? `${name}: ${path} is managed by HorizontalPodAutoscaler/${scaler}`
        : `${name}: ${path}${change(difference)}${by(ownerOf(difference.path, owners))}`;
    });
    const overridden = new Set(differences(live, wanted).map(({ path }) => pathText(path)));
    const added = (wanted.kind === 'Deployment' ? additions(owners, own) : [])
      .filter(({ path }) => !overridden.has(path))
      .map(({ path, owner }) => `${name}: ${path} was added${by(owner)}; the deploy keeps it`);
    return [...changed, ...added];
  });
}

/**
 * What kubectl has added to a Deployment's spec and the charts say nothing about. It stays, and may be why pods don't start. Marks
 * in the pod template's metadata, such as those of `kubectl rollout restart`, change nothing that runs.
 */
function additions(owners: readonly FieldOwner[], own: readonly FieldOwner[]) {
  return owners
    .filter(
      ({ manager, subresource }) => manager.startsWith('kubectl') && subresource === undefined,
    )
    .flatMap((owner) =>
      pathsOf(owner.fieldsV1)
        .filter((path) => ownerOf(path, own) === undefined)
        .map((path) => ({ owner, path: pathText(path) })),
    )
    .filter(({ path }) => /^\.spec\.(?!template\.metadata\.)/.test(path));
}

/** What a field was changed to; only for numbers, switches and images: others may hold what nobody should read. */
function change({ path, there, deployed }: Difference): string {
  if (there === undefined) return ' was removed';
  const shown = (value: unknown) =>
    ['number', 'boolean', 'undefined'].includes(typeof value) || path.at(-1) === 'image';
  if (!shown(there) || !shown(deployed)) return ' was changed';
  const before = deployed === undefined ? '' : ` from ${JSON.stringify(deployed)}`;
  return ` was changed${before} to ${JSON.stringify(there)}`;
}

function by(owner: FieldOwner | undefined): string {
  if (owner === undefined) return '';
  const { manager, subresource } = owner;
  return ` (by ${manager}${subresource === undefined ? '' : `, ${subresource}`})`;
}

function nameOf({ kind, metadata }: Live): string {
  return `${kind}/${metadata.name}`;
}

/** What the API server would make of manifests that are applied again, and what is there now. */
function compare(namespace: string, manager: string, manifests: string) {
  const inNamespace = ['--namespace', namespace, '--output', 'json', '-f', '-'];
  const deployed = kubectl(
    [
      ...['apply', '--server-side', '--force-conflicts', '--dry-run=server'],
      ...['--field-manager', manager, ...inNamespace],
    ],
    manifests,
  );
  const there = kubectl(
    ['get', '--ignore-not-found', '--show-managed-fields', ...inNamespace],
    manifests,
  );
  return { deployed: objectsIn(deployed), there: objectsIn(there) };
}

/** kubectl prints several objects as a list, one as itself, and none as nothing. */
function objectsIn(text: string): Live[] {
  if (text.trim() === '') return [];
  const value = JSON.parse(text) as Live & { items?: Live[] };
  return value.items ?? [value];
}

/** The names of HorizontalPodAutoscalers by the Deployment each one scales. */
function autoscalersIn(namespace: string): Map<string, string> {
  const found = get<{ items: Autoscaler[] }>([
    'horizontalpodautoscalers.v2.autoscaling',
    '--namespace',
    namespace,
  ]);
  return new Map(
    (found?.items ?? [])
      .filter(({ spec }) => spec.scaleTargetRef.kind === 'Deployment')
      .map(({ spec, metadata }) => [spec.scaleTargetRef.name, metadata.name]),
  );
}

/**
 * Lets somebody else own the number of pods that helm is about to leave out: a field that its only owner leaves out goes back
 * to its default, one pod.
 */
function handOver(namespace: string, deployment: string): void {
  const live = get<Live>([
    ...['deployment', deployment, '--namespace', namespace, '--show-managed-fields'],
  ]);
  const owners = live?.metadata.managedFields ?? [];
  const other = ownerOf(
    ['spec', 'replicas'],
    owners.filter(({ manager }) => manager !== 'helm'),
  );
  if (live?.spec?.replicas === undefined || other !== undefined) return;
  apply(
    namespace,
    JSON.stringify({
      ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: deployment } },
      spec: { replicas: live.spec.replicas },
    }),
    SCALE_MANAGER,
  );
}

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      namespace: { type: 'string', default: 'todo' },
      'hand-over': { type: 'boolean', default: false },
    },
  });
  const { namespace } = values;
  const autoscalers = autoscalersIn(namespace);
  const sources = [
    {
      ...{ what: 'The release', manager: 'helm' },
      manifests: deployedManifests(namespace, positionals).join('\n---\n'),
    },
    {
      ...{ what: 'Dapr’s manifests', manager: 'todo-release' },
      manifests: readStored(namespace).current,
    },
  ];
  let found = 0;
  for (const { what, manager, manifests } of sources) {
    if (manifests.trim() === '') continue; // not deployed yet
    try {
      const { there, deployed } = compare(namespace, manager, manifests);
      const lines = describeDrift(there, deployed, autoscalers);
      lines.forEach(say);
      found += lines.length;
    } catch (error) {
      if (!(error instanceof CommandFailed)) throw error;
      say(`${what} could not be compared with the deployed version: ${error.message}`);
      found += 1;
    }
  }
  say(found === 0 ? 'nothing' : 'The deploy overwrites these changes.');
  if (!values['hand-over']) return;
  for (const deployment of autoscalers.keys()) {
    if (positionals.includes(deployment)) handOver(namespace, deployment);
  }
}

if (import.meta.main) await program(main);
