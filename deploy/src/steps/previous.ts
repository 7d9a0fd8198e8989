// Back by one release because a person asks for it: each chart, and Dapr's manifests with them, to what ran before what runs
// now. Not simply the revision before: that may be one that failed and was rolled back.
// usage: previous.ts [--check] --namespace NS --timeout S [--manifests] CHART…    (--check: only whether there is a way back)
import { parseArgs } from 'node:util';
import { CHARTS } from '../plan/services.ts';
import { get, history, program, rollBackRelease, say } from './cluster.ts';
import type { Revision } from './cluster.ts';
import { LEASE } from './lock.ts';
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

/** A chart and its revisions, oldest first; none when it is not deployed. */
export interface Release {
  readonly release: string;
  readonly revisions: readonly Revision[];
}

/**
 * Why these charts can't be taken back; undefined when they can.
 * @param named the charts that were asked for, with their revisions
 * @param others further charts of the namespace that are deployed
 */
export function noWayBack(
  namespace: string,
  named: readonly Release[],
  others: readonly string[],
): string | undefined {
  const list = (names: readonly string[]) => names.join(', ');
  const there = named.filter(({ revisions }) => revisions.length > 0);
  if (there.length === 0) {
    return others.length === 0
      ? `nothing of this system is deployed in namespace ${namespace}`
      : `${list(named.map(({ release }) => release))} is not deployed in namespace ${namespace}; there are ${list(others)}`;
  }
  const stuck = there.filter(({ revisions }) => previousGood(revisions) === undefined);
  if (stuck.length === 0) return undefined;
  const runs = ({ revisions }: Release) => revisions.some(({ status }) => status === 'deployed');
  const first = stuck.filter(runs).map(({ release }) => release);
  const failed = stuck.filter((one) => !runs(one)).map(({ release }) => release);
  const back = there.filter((one) => !stuck.includes(one)).map(({ release }) => release);
  const rest =
    back.length > 0
      ? `Name those that can go back: --chart ${back.join(' --chart ')}`
      : first.length > 0
        ? 'npm run undeploy removes what runs.'
        : 'Deploy again.';
  return [
    ...(first.length > 0 ? [`what runs is the first release of ${list(first)}`] : []),
    ...(failed.length > 0 ? [`no release of ${list(failed)} has run well yet`] : []),
    `So there is nothing to go back to. ${rest}`,
  ].join('\n');
}

/** @throws Error that names the namespaces with a release where this one is not there */
function checkNamespace(namespace: string): void {
  if (get(['namespace', namespace]) !== undefined) return;
  let known: string[] = [];
  try {
    const leases = get<{ items: { metadata: { name: string; namespace: string } }[] }>([
      ...['leases', '--all-namespaces'],
    ]);
    known = (leases?.items ?? [])
      .filter(({ metadata }) => metadata.name === LEASE)
      .map(({ metadata }) => metadata.namespace);
  } catch {
    // somebody who may see one namespace only: then there is no more to say
  }
  throw new Error(
    `there is no namespace ${namespace} in this cluster${known.length === 0 ? '' : `; this system was deployed in ${known.join(', ')}`}`,
  );
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
  const named = positionals.map((release) => ({ release, revisions: history(namespace, release) }));
  const others = CHARTS.filter(
    (name) => !positionals.includes(name) && history(namespace, name).length > 0,
  );
  const problem = noWayBack(namespace, named, others);
  if (problem !== undefined) {
    if (named.every(({ revisions }) => revisions.length === 0) && others.length === 0)
      checkNamespace(namespace);
    throw new Error(problem);
  }
  const targets = named
    // a part that was left out of the release
    .filter(({ revisions }) => revisions.length > 0)
    .map(({ release, revisions }) => ({ release, target: previousGood(revisions) }));
  if (values.check) return;
  const stored = readStored(namespace);
  if (values.manifests && stored.before !== '' && stored.before !== stored.current) {
    say('Dapr manifests: rolling back to the previous ones');
    replaceManifests(namespace, stored.before);
  }
  for (const { release, target } of targets.toReversed()) {
    if (target === undefined) continue;
    rollBackRelease(namespace, release, target.revision, values.timeout);
    say(
      `${release}: rolling back to revision ${target.revision} of ${target.updated.slice(0, 19)}`,
    );
  }
}

if (import.meta.main) await program(main);
