// What `doctor` says of what it found: one line each, and what to do where something is wrong.
import type { MachineFacts } from './machine-facts.ts';

/** One thing that was checked. */
export interface Finding {
  /** `warn`: it works, but slowly or not everywhere. */
  readonly state: 'ok' | 'warn' | 'fail' | 'skip';
  readonly what: string;
  readonly found: string;
  /** What to do about it. */
  readonly next?: string;
}

const GIB = 1024 ** 3;
/** A proof leaves about this much behind: images, the cluster's disk, build caches. */
const DISK_NEEDED = 20 * GIB;
const DISK_WANTED = 40 * GIB;
const MEMORY_WANTED = 7 * GIB;
/** Signatures and tokens are refused when clocks are further apart, in ms. */
const CLOCK_LIMIT = 60_000;
/** What a kubelet needs of cgroup v2. */
const CONTROLLERS = ['cpu', 'memory', 'pids'];

/** Compares the engine's version with the one the module is written for. */
export function engineFinding(running: string, wanted: string): Finding {
  const [is, should] = [running, wanted].map((version) => version.replace(/^v/, '').split('+')[0]);
  const found = `${running}, written for ${wanted}`;
  if (is === should) return { state: 'ok', what: 'engine', found };
  const minor = (version: string | undefined) => version?.split('.').slice(0, 2).join('.');
  return {
    state: minor(is) === minor(should) ? 'warn' : 'fail',
    ...{ what: 'engine', found },
    next: `install the Dagger CLI ${wanted}; it starts an engine of its own version. dagger version says which CLI is called`,
  };
}

/** What the machine can take. */
export function machineFindings(facts: MachineFacts): Finding[] {
  const gib = (bytes: number) => `${(bytes / GIB).toFixed(0)} GiB`;
  const lacking = CONTROLLERS.filter((name) => !facts.controllers.includes(name));
  const ahead = facts.clockAhead;
  return [
    {
      ...{ what: 'disk', found: `${gib(facts.diskFree)} free of ${gib(facts.diskTotal)}` },
      ...(facts.diskFree >= DISK_WANTED
        ? { state: 'ok' }
        : {
            state: facts.diskFree < DISK_NEEDED ? 'fail' : 'warn',
            next: 'dagger core engine local-cache prune frees what the engine keeps',
          }),
    },
    {
      ...{ what: 'cores and memory', found: `${String(facts.cores)}, ${gib(facts.memory)}` },
      ...(facts.memory >= MEMORY_WANTED
        ? { state: 'ok' }
        : { state: 'warn', next: 'test-integration wants 8 GiB: prove one --variant at a time' }),
    },
    facts.cgroup === 'v1'
      ? {
          ...{ state: 'warn', what: 'cgroups', found: 'v1' },
          next: 'Kubernetes 1.35 and later start on v1 only with a flag of the kubelet; boot with systemd.unified_cgroup_hierarchy=1',
        }
      : {
          ...{ what: 'cgroups', found: `v2, ${facts.controllers.join(' ')}` },
          ...(lacking.length === 0
            ? { state: 'ok' }
            : {
                state: 'fail',
                next: `the engine's container gets no ${lacking.join(', ')}: a rootless engine needs Delegate=yes in its systemd unit`,
              }),
        },
    ahead === null
      ? { state: 'skip', what: 'clock', found: 'no server answered to compare with' }
      : {
          ...{ what: 'clock', found: `${(ahead / 1_000).toFixed(0)} s ahead of a server's` },
          ...(Math.abs(ahead) <= CLOCK_LIMIT
            ? { state: 'ok' }
            : {
                state: 'fail',
                next: 'set the clock (timedatectl set-ntp true): logins and signatures are refused',
              }),
        },
  ];
}

/** The findings as text; what is wrong has its next step below it. */
export function renderFindings(findings: readonly Finding[]): string {
  const width = Math.max(0, ...findings.map(({ what }) => what.length));
  const state = { ok: 'ok  ', warn: 'WARN', fail: 'FAIL', skip: '-   ' };
  return findings
    .flatMap((one) => [
      `${state[one.state]}  ${one.what.padEnd(width)}  ${one.found}`,
      ...(one.next === undefined ? [] : [`${' '.repeat(8 + width)}${one.next}`]),
    ])
    .concat('')
    .join('\n');
}
