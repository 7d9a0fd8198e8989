// What an engine's machine has, as a container on it sees it. A program of its own, run by Node in a container.
// usage: machine-facts.ts [URL]    (URL: a server whose clock ours is compared with; prints one JSON object)
import { existsSync, readFileSync, statfsSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';

/** What was found; sizes in bytes. */
export interface MachineFacts {
  readonly cores: number;
  readonly memory: number;
  /** Of the engine's own disk. */
  readonly diskFree: number;
  readonly diskTotal: number;
  readonly cgroup: 'v1' | 'v2';
  /** Controllers that a group may hand down; on v1 none are named. */
  readonly controllers: readonly string[];
  /** Our clock less the server's, in ms, to a second or two; null where no server answered. */
  readonly clockAhead: number | null;
}

async function clockAhead(url: string | undefined): Promise<number | null> {
  if (url === undefined) return null;
  try {
    const { headers } = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(10_000) });
    const theirs = Date.parse(headers.get('date') ?? '');
    return Number.isNaN(theirs) ? null : Date.now() - theirs;
  } catch {
    return null;
  }
}

if (import.meta.main) {
  const { bavail, blocks, bsize } = statfsSync('/');
  const list = '/sys/fs/cgroup/cgroup.controllers';
  const facts: MachineFacts = {
    ...{ cores: availableParallelism(), memory: totalmem() },
    ...{ diskFree: bavail * bsize, diskTotal: blocks * bsize },
    cgroup: existsSync(list) ? 'v2' : 'v1',
    controllers: existsSync(list) ? readFileSync(list, 'utf8').trim().split(/\s+/) : [],
    clockAhead: await clockAhead(process.argv[2]),
  };
  process.stdout.write(`${JSON.stringify(facts)}\n`);
}
