// Applies Dapr's manifests and removes those that are no longer among them. What was applied is kept in a
// ConfigMap, so that a rollback and a removal know it without the repository of that time.
// usage: manifests.ts apply|remove --namespace NS    (apply reads the manifests from standard input)
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { sidecarInputs } from '../plan/sidecar-inputs.ts';
import { SUBSCRIBERS } from '../plan/services.ts';
import { apply, get, kubectl, program, say } from './cluster.ts';

const CONFIG_MAP = 'todo-dapr-manifests';

/** The manifests that are applied, and those that were before this deploy; '' for none. */
export interface Stored {
  readonly current: string;
  readonly before: string;
}

export function readStored(namespace: string): Stored {
  const found = get<{ data?: Partial<Stored> }>([
    'configmap',
    CONFIG_MAP,
    '--namespace',
    namespace,
  ]);
  return { current: found?.data?.current ?? '', before: found?.data?.before ?? '' };
}

export function store(namespace: string, stored: Stored): void {
  apply(
    namespace,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: CONFIG_MAP, labels: { 'app.kubernetes.io/part-of': 'todo' } },
      data: stored,
    }),
  );
}

/** The objects a text declares, as kubectl names them: `subscription.dapr.io/todo-backend-…`. */
export function namesIn(manifests: string): string[] {
  return manifests.split(/^---\s*$/m).flatMap((document) => {
    const kind = /^kind: (\S+)/m.exec(document)?.[1];
    const name = /^ {2}name: (\S+)/m.exec(document)?.[1];
    return kind === undefined || name === undefined
      ? []
      : [`${kind.toLowerCase()}.dapr.io/${name}`];
  });
}

/** Makes these manifests the ones that count; does nothing where they already are. */
export function replaceManifests(namespace: string, manifests: string): void {
  const { current, before } = readStored(namespace);
  widenReaders(namespace, manifests);
  apply(namespace, manifests);
  const kept = new Set(namesIn(manifests));
  const gone = namesIn(current).filter((name) => !kept.has(name));
  if (gone.length > 0) {
    say(`removing ${gone.join(', ')}`);
    kubectl(['delete', ...gone, '--namespace', namespace, '--ignore-not-found']);
  }
  if (current !== manifests) store(namespace, { current: manifests, before });
}

interface Role {
  readonly rules?: readonly { readonly resourceNames?: readonly string[] }[];
}

/**
 * Lets running sidecars read the Secrets that changed components name: they load them at once, before their pods are replaced.
 * The charts' own Roles, which come with the pods, take the former names away again.
 */
function widenReaders(namespace: string, manifests: string): void {
  for (const app of SUBSCRIBERS) {
    const names = new Set(sidecarInputs(manifests, app).secrets.map(({ name }) => name));
    const role = get<Role>(['role', app, '--namespace', namespace]);
    const readable = role?.rules?.[0]?.resourceNames ?? [];
    const missing = [...names].filter((name) => !readable.includes(name));
    // none there: the sidecar runs with none, or does not run yet
    if (readable.length === 0 || missing.length === 0) continue;
    const path = '/rules/0/resourceNames';
    const patch = JSON.stringify([{ op: 'replace', path, value: [...readable, ...missing] }]);
    kubectl(['patch', 'role', app, '--namespace', namespace, '--type', 'json', '--patch', patch]);
  }
}

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { namespace: { type: 'string', default: 'todo' } },
  });
  const { namespace } = values;
  switch (positionals[0]) {
    case 'apply':
      replaceManifests(namespace, readFileSync(0, 'utf8'));
      return;
    case 'remove': {
      const names = namesIn(readStored(namespace).current);
      if (names.length > 0) {
        kubectl(['delete', ...names, '--namespace', namespace, '--ignore-not-found']);
      }
      kubectl(['delete', 'configmap', CONFIG_MAP, '--namespace', namespace, '--ignore-not-found']);
      return;
    }
    default:
      throw new Error('usage: manifests.ts apply|remove --namespace NS');
  }
}

if (import.meta.main) await program(main);
