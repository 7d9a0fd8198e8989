// Whether helm can do what a release needs of it: server-side apply, which takes back fields that somebody changed by hand.
// Helm 3 can't, and has had no fixes since November 2026.
// usage: check-helm.ts
import { program, run, say } from './cluster.ts';

const OLDEST_MAJOR = 4;

/** @throws Error when helm is too old, with what is needed; a version that can't be read passes */
export function checkHelm(version: string): void {
  const major = /^v?(\d+)\./.exec(version.trim())?.[1];
  if (major !== undefined && Number(major) < OLDEST_MAJOR) {
    throw new Error(
      `helm ${version.trim()}: ${OLDEST_MAJOR} or newer is required. It can continue releases made by Helm 3`,
    );
  }
}

if (import.meta.main) {
  await program(() => {
    const version = run('helm', ['version', '--short']);
    checkHelm(version);
    say(version.trim());
  });
}
