// A deploy that was killed leaves its release 'pending', and helm refuses every later upgrade. Under the
// lock nobody of ours is at it any more, so such a release goes back to its last good revision; one that
// never had any is removed (these charts hold no data: no volume, no Secret).
// usage: recover.ts --namespace NS --timeout S RELEASE…
import { parseArgs } from 'node:util';
import { history, lastGood, program, rollBackRelease, say, uninstall, until } from './cluster.ts';
import type { Revision } from './cluster.ts';

/** A pending revision this young may be somebody's helm that does not know our lock: let it end. */
const GRACE_SECONDS = 30;

/** What is to be done with a release, by its revisions; age in seconds of the newest. */
export function remedy(
  revisions: readonly Revision[],
  ageSeconds: number,
): 'none' | 'wait' | 'remove' | { rollBackTo: number } {
  const newest = revisions.at(-1);
  if (newest === undefined) return 'none';
  const good = lastGood(revisions);
  const pending = newest.status.startsWith('pending-') || newest.status === 'uninstalling';
  if (pending && ageSeconds < GRACE_SECONDS) return 'wait';
  if (good === undefined) return 'remove';
  return pending ? { rollBackTo: good.revision } : 'none';
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      namespace: { type: 'string', default: 'todo' },
      timeout: { type: 'string', default: '180' },
    },
  });
  const { namespace } = values;
  for (const release of positionals) {
    const { revisions, todo } = (await until(GRACE_SECONDS + 5, () => {
      const revisions = history(namespace, release);
      const updated = Date.parse(revisions.at(-1)?.updated ?? '');
      const age = Number.isNaN(updated) ? Infinity : (Date.now() - updated) / 1000;
      const todo = remedy(revisions, age);
      return todo === 'wait' ? undefined : { revisions, todo };
    })) ?? { revisions: [], todo: 'none' };
    const newest = revisions.at(-1);
    if (newest === undefined || todo === 'none') continue;
    if (todo === 'remove') {
      say(
        `${release}: revision ${newest.revision} is ${newest.status} and no earlier one was deployed: removing it`,
      );
      uninstall(namespace, release);
    } else {
      say(
        `${release}: revision ${newest.revision} is ${newest.status}: rolling back to revision ${todo.rollBackTo}`,
      );
      rollBackRelease(namespace, release, todo.rollBackTo, values.timeout);
    }
  }
}

if (import.meta.main) await program(main);
