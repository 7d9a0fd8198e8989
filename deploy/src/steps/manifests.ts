// Applies Dapr's manifests and removes those that are no longer among them. What was applied is kept in a
// ConfigMap, so that a rollback and a removal know it without the repository of that time.
// usage: manifests.ts apply|remove --namespace NS    (apply reads the manifests from standard input)
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
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
  apply(namespace, manifests);
  const kept = new Set(namesIn(manifests));
  const gone = namesIn(current).filter((name) => !kept.has(name));
  if (gone.length > 0) {
    say(`removing ${gone.join(', ')}`);
    kubectl(['delete', ...gone, '--namespace', namespace, '--ignore-not-found']);
  }
  if (current !== manifests) store(namespace, { current: manifests, before });
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
