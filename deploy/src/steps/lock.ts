// One deploy at a time: a Lease in the release's namespace says who is at it.
//
// free --acquire--> held --renew (again and again)--> held --release--> free
// held --no renewal for its duration: the holder died--> expired --acquire--> held by another
//
// Every change carries the version that was read, so of two who try at once the API server refuses one.
//
// `renew` exits with LOCK_LOST only when the API server itself says that somebody else, or nobody, holds the Lease. Whatever
// else goes wrong (no answer, no login, a conflict) is exit code 1, and the deploy tries again.
// usage: lock.ts acquire|renew|release --namespace NS --holder TEXT [--wait S] [--seconds S]
import { parseArgs } from 'node:util';
import { LOCK_LOST } from '../plan/plan.ts';
import { CommandFailed, get, kubectl, program, say, until } from './cluster.ts';

/** The Lease's name; `record.ts` notes on it what ran before. */
export const LEASE = 'todo-release';

/** Long enough to reach the first renewal, also where each command starts a container. */
const FIRST_SECONDS = 60;
const RENEW_TRIES = 5;

/** What of a Lease is used here. */
export interface Lease {
  metadata: { resourceVersion?: string; annotations?: Record<string, string> };
  spec?: { holderIdentity?: string; leaseDurationSeconds?: number; renewTime?: string };
}

/** The lock is in other hands. */
class LockLost extends Error {}

/**
 * The Lease, for a renewal. Stricter than `get`: "not found" may also be said of a login program or of a resource type while
 * an API server starts, which says nothing of the Lease.
 */
function readLease(namespace: string): Lease | undefined {
  try {
    return JSON.parse(
      kubectl(['get', 'lease', LEASE, '--namespace', namespace, '--output', 'json']),
    ) as Lease;
  } catch (error) {
    const gone = /^Error from server \(NotFound\): leases\.coordination\.k8s\.io/m;
    if (error instanceof CommandFailed && gone.test(error.stderr)) return undefined;
    throw error;
  }
}

/** Who holds the lease at this instant, if anybody does and is alive. */
export function holderOf(lease: Lease | undefined, now: number): string | undefined {
  const { holderIdentity, leaseDurationSeconds = 0, renewTime } = lease?.spec ?? {};
  if (!holderIdentity || renewTime === undefined) return undefined;
  return now < Date.parse(renewTime) + leaseDurationSeconds * 1000 ? holderIdentity : undefined;
}

function write(namespace: string, holder: string | null, seconds: number, old?: Lease): boolean {
  const now = new Date().toISOString().replace('Z', '000Z'); // the API wants microseconds
  const lease = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { ...old?.metadata, name: LEASE, namespace },
    spec: { holderIdentity: holder, leaseDurationSeconds: seconds, renewTime: now },
  };
  try {
    kubectl([old === undefined ? 'create' : 'replace', '-f', '-'], JSON.stringify(lease));
    return true;
  } catch (error) {
    if (error instanceof CommandFailed && /Conflict|AlreadyExists/.test(error.stderr)) return false;
    throw error;
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      namespace: { type: 'string', default: 'todo' },
      holder: { type: 'string', default: '' },
      wait: { type: 'string', default: '0' },
      seconds: { type: 'string', default: '60' },
    },
  });
  const { namespace, holder } = values;
  const read = () => get<Lease>(['lease', LEASE, '--namespace', namespace]);
  switch (positionals[0]) {
    case 'acquire': {
      let told = '';
      const acquired = await until(
        Number(values.wait),
        () => {
          const lease = read();
          const other = holderOf(lease, Date.now());
          if (other !== undefined && other !== holder) {
            if (told !== other) say(`waiting for ${other} to finish its deploy`);
            told = other;
            return undefined;
          }
          const dead = lease?.spec?.holderIdentity;
          if (dead && dead !== holder)
            say(`${dead} stopped without releasing the lock: taking over`);
          return write(namespace, holder, FIRST_SECONDS, lease) ? true : undefined;
        },
        2000,
      );
      if (acquired === undefined) {
        throw new Error(
          `${told || 'another deploy'} is still deploying to namespace ${namespace} after ${values.wait} s: ` +
            'wait for it, or raise --lock-wait',
        );
      }
      return;
    }
    case 'renew': {
      // A conflict alone is no loss: the deploy itself notes on the Lease what ran before.
      for (let tries = 0; tries < RENEW_TRIES; tries++) {
        const lease = readLease(namespace);
        const other = lease?.spec?.holderIdentity ?? 'nobody';
        if (other !== holder) throw new LockLost(`the lock was lost: ${other} now holds it`);
        if (write(namespace, holder, Number(values.seconds), lease)) return;
      }
      throw new Error('could not renew the lock: other processes keep changing it');
    }
    case 'release': {
      const lease = read();
      if (lease?.spec?.holderIdentity === holder) write(namespace, null, 1, lease);
      return;
    }
    default:
      throw new Error('usage: lock.ts acquire|renew|release --namespace NS --holder TEXT');
  }
}

if (import.meta.main) {
  await program(async () => {
    try {
      await main();
    } catch (error) {
      if (!(error instanceof LockLost)) throw error;
      process.stderr.write(`${error.message}\n`);
      process.exitCode = LOCK_LOST;
    }
  });
}
