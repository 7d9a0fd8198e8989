// What Break it asks of the web server, which asks the program that runs the system. Instants are ms since the epoch.
import { askServer } from './auth-api';

/** A fault that can be put in. */
export interface FaultOffer {
  name: string;
  /** In English, for a name that the page has no words for. */
  what: string;
  targets: string[];
}

/** A fault that is in, or was just in. */
export interface FaultNow {
  number: number;
  name: string;
  target: string;
  begunAt: number;
  lastsMs: number;
  phase: 'in' | 'healing';
}

/** A fault of the past. */
export interface FaultPast {
  number: number;
  name: string;
  target: string;
  endedAt: number;
  /** Null: parts were not healthy within two minutes. */
  healthyAt: number | null;
  /** Why it could not be put in, or not be ended. */
  problem?: string;
}

/** Everything the page shows. */
export interface BreakState {
  /** By the clock of the machine that runs the system. */
  now: number;
  parts: number;
  unhealthy: string[];
  faults: FaultOffer[];
  current: FaultNow[];
  past: FaultPast[];
  load: { perSecond: number; most: number; endsAt: number | null };
  counters: {
    accepted: number;
    effects: number;
    waiting: number;
    lost: number;
    doubled: number;
    refused: number;
    unanswered: number;
  };
}

const ADDRESS = '/api/admin/break';

/** The state now. @throws AuthError */
export async function breakState(): Promise<BreakState> {
  return await askServer<BreakState>(ADDRESS, { method: 'GET' });
}

/** Puts a fault in. @param target undefined: any. @throws AuthError with a sentence for the person */
export async function putFault(fault: string, target: string | undefined): Promise<void> {
  await change('POST', { fault, ...(target === undefined ? {} : { target }) });
}

/** Sets the load, in commands a second. @throws AuthError */
export async function setLoad(perSecond: number): Promise<void> {
  await change('PUT', { perSecond });
}

async function change(method: 'POST' | 'PUT', body: object): Promise<void> {
  await askServer(ADDRESS, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** Faults by what they hit, in the order in which they are shown. */
const GROUPS = {
  processes: ['kill', 'kill-every', 'end', 'pause', 'long-pause'],
  connections: ['cut', 'stall', 'muffle', 'slow', 'swallow'],
  database: [
    ...['crash-database', 'restart-database', 'terminate-backends', 'refuse-writes'],
    ...['take-connections', 'slow-commit', 'hold-transaction', 'lag-and-break'],
  ],
  events: ['poison', 'poison-unstored', 'redeliver', 'double-commands'],
} as const;

/** The name of a group of faults. */
export type FaultGroup = keyof typeof GROUPS | 'other';

/** Faults that only concern what is sent; one of them may be in beside one of the others. */
const TRAFFIC = ['poison', 'redeliver', 'hold-transaction', 'double-commands'];

/** The faults of each group that has any. */
export function grouped(faults: readonly FaultOffer[]): [FaultGroup, FaultOffer[]][] {
  const known = Object.entries(GROUPS) as [keyof typeof GROUPS, readonly string[]][];
  const groups = known.map(([group, names]): [FaultGroup, FaultOffer[]] => [
    group,
    names.flatMap((name) => faults.find((fault) => fault.name === name) ?? []),
  ]);
  const all = known.flatMap(([, names]) => names);
  groups.push(['other', faults.filter(({ name }) => !all.includes(name))]);
  return groups.filter(([, some]) => some.length > 0);
}

/** Whether a fault has to wait for one that is in. */
export function hasToWait(name: string, current: readonly FaultNow[]): boolean {
  return current.some((one) => TRAFFIC.includes(one.name) === TRAFFIC.includes(name));
}
