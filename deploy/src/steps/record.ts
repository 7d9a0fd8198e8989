// Notes what runs before anything is changed: each release's revision, on the lock's Lease, and Dapr's
// manifests, beside the current ones. roll-back.ts goes back to it.
// usage: record.ts --namespace NS RELEASE…
import { parseArgs } from 'node:util';
import { history, kubectl, lastGood, program } from './cluster.ts';
import { LEASE } from './lock.ts';
import { readStored, store } from './manifests.ts';

/** The Lease's annotation with revisions by release; null for one that did not exist. */
export const BEFORE = 'todo-release/before';

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { namespace: { type: 'string', default: 'todo' } },
  });
  const { namespace } = values;
  const before = Object.fromEntries(
    positionals.map((release) => [
      release,
      lastGood(history(namespace, release))?.revision ?? null,
    ]),
  );
  kubectl([
    'annotate',
    'lease',
    LEASE,
    '--namespace',
    namespace,
    '--overwrite',
    `${BEFORE}=${JSON.stringify(before)}`,
  ]);
  const { current } = readStored(namespace);
  if (current !== '') store(namespace, { current, before: current });
}

if (import.meta.main) await program(main);
