// Back by one release because a person asks for it: each chart, and Dapr's manifests with them, to what ran before what runs
// now. Not simply the revision before: that may be one that failed and was rolled back.
// usage: previous.ts [--check] --namespace NS --timeout S [--manifests] CHART…    (--check: only whether there is a way back)
import { parseArgs } from 'node:util';
import { history, program, rollBackRelease, say } from './cluster.ts';
import type { Revision } from './cluster.ts';
import { readStored, replaceManifests } from './manifests.ts';

/**
 * The revision that ran before the one that runs now.
 * @param revisions a release's, oldest first.
 * @returns the newest good revision older than the running one's content; undefined if there is none.
 */
export function previousGood(revisions: readonly Revision[]): Revision | undefined {
  const running = revisions.findLast(({ status }) => status === 'deployed');
  if (running === undefined) return undefined;
  const first = origin(running, revisions);
  return revisions.findLast(
    (revision) => revision.revision < first && revision.status === 'superseded',
  );
}

/** Where a revision's content comes from: helm notes of a rollback which revision it repeats. */
function origin(revision: Revision, revisions: readonly Revision[]): number {
  const repeated = /^Rollback to (\d+)$/.exec(revision.description)?.[1];
  if (repeated === undefined) return revision.revision;
  const older = revisions.find((candidate) => candidate.revision === Number(repeated));
  return older === undefined ? Number(repeated) : origin(older, revisions);
}

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      namespace: { type: 'string', default: 'todo' },
      timeout: { type: 'string', default: '180' },
      manifests: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
    },
  });
  const { namespace } = values;
  const releases = positionals
    .map((release) => ({ release, revisions: history(namespace, release) }))
    // a part that was left out of the release
    .filter(({ revisions }) => revisions.length > 0);
  const targets = releases.map(({ release, revisions }) => ({
    release,
    target: previousGood(revisions),
  }));
  const none = targets.filter(({ target }) => target === undefined);
  if (targets.length === 0) throw new Error(`no release in namespace ${namespace}`);
  if (none.length > 0) {
    const names = none.map(({ release }) => release).join(', ');
    throw new Error(`nothing ran before what runs now: ${names}. Nothing was changed.`);
  }
  if (values.check) return;
  const stored = readStored(namespace);
  if (values.manifests && stored.before !== '' && stored.before !== stored.current) {
    say('Dapr manifests: back to those before');
    replaceManifests(namespace, stored.before);
  }
  for (const { release, target } of targets.toReversed()) {
    if (target === undefined) continue;
    rollBackRelease(namespace, release, target.revision, values.timeout);
    say(`${release}: back to revision ${target.revision} of ${target.updated.slice(0, 19)}`);
  }
}

if (import.meta.main) await program(main);
