// Back to what ran before this deploy began, as record.ts noted it: Dapr's manifests first, then each
// release in the reverse of the order in which it was changed. A release that is new is removed.
// usage: roll-back.ts --namespace NS --timeout S CHART…    (exits with NOTHING_BEFORE when no release ran before)
import { parseArgs } from 'node:util';
import { NOTHING_BEFORE } from '../plan/plan.ts';
import { get, history, program, rollBackRelease, say, uninstall } from './cluster.ts';
import { LEASE } from './lock.ts';
import type { Lease } from './lock.ts';
import { readStored, replaceManifests } from './manifests.ts';
import { BEFORE } from './record.ts';

/** Whether no release ran when the deploy began. Nothing noted is not known, and so false. */
export function nothingBefore(before: Readonly<Record<string, number | null>>): boolean {
  const revisions = Object.values(before);
  return revisions.length > 0 && revisions.every((revision) => revision === null);
}

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      namespace: { type: 'string', default: 'todo' },
      timeout: { type: 'string', default: '180' },
    },
  });
  const { namespace } = values;
  const lease = get<Lease>(['lease', LEASE, '--namespace', namespace]);
  const before = JSON.parse(lease?.metadata.annotations?.[BEFORE] ?? '{}') as Record<
    string,
    number | null
  >;
  const stored = readStored(namespace);
  if (stored.before !== '' && stored.before !== stored.current) {
    say('Dapr manifests: rolling back to the previous ones');
    replaceManifests(namespace, stored.before);
  }
  const problems: string[] = [];
  for (const release of positionals.toReversed()) {
    try {
      const revisions = history(namespace, release);
      const newest = revisions.at(-1);
      const good = before[release];
      if (newest === undefined || good === undefined) continue;
      if (good === null) {
        say(`${release}: new in this deploy: removing it`);
        uninstall(namespace, release);
      } else if (newest.revision !== good) {
        say(`${release}: rolling back from revision ${newest.revision} to ${good}`);
        rollBackRelease(namespace, release, good, values.timeout);
      }
    } catch (error) {
      problems.push(`${release}: ${(error as Error).message}`);
    }
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
  if (nothingBefore(before)) process.exitCode = NOTHING_BEFORE;
}

if (import.meta.main) await program(main);
