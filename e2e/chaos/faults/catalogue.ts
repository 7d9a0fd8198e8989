// The faults by name. Each begins, lasts and ends: when it has ended, the part it hit is healthy again or about to be.
// Long because it is one list: what a run may draw from is read in one place.
import type { ServiceName } from '@todo/local/ports';
import { cutConsumersOff, lagAndBreak, proxyOf, slowDown } from './connection-faults.ts';
import {
  databaseIsBack,
  holdTransaction,
  refuseWrites,
  takeConnections,
  terminateSome,
} from './database-faults.ts';
import { killEvery, type DisturbedSystem } from './disturbed-system.ts';
import { brokers, connections, processes, services, type Layout } from './layout.ts';
import { slowCommits } from './slow-commits.ts';

/** What a fault works with. */
export interface FaultTools {
  readonly disturbed: DisturbedSystem;
  /** Numbers from 0 to below 1, the fault's own: the same seed, the same numbers. */
  readonly random: () => number;
  /** Repeats an event of the past, as a sidecar would; false: there is none yet. */
  readonly redeliver: (random: () => number) => Promise<boolean>;
  /** Publishes an event that nobody can read. */
  readonly poison: () => Promise<void>;
  /** While true, people send each repeatable command twice at once. */
  readonly doubleCommands: (on: boolean) => void;
}

/** A kind of fault. */
export interface Fault {
  /** What it does, in words. */
  readonly what: string;
  /** What it may hit; drawn by the seed. */
  readonly targets: (layout: Layout) => readonly string[];
  /** How often it is drawn, among the others; default 1. */
  readonly weight?: number;
  /** How long it lasts, ms: from, to. */
  readonly lastsMs: readonly [number, number];
  /** Begins it, and gives what ends it. */
  readonly begin: (target: string, tools: FaultTools) => Promise<() => Promise<void> | void>;
}

const INSTANT = [0, 0] as const;
/** Unreadable events in a row. */
const POISON_BURST = 6;

/** A kill ends by itself: the supervisor starts the part again. */
const nothing = (): void => undefined;

function signalled(signal: NodeJS.Signals): Fault['begin'] {
  return (target, { disturbed }) => {
    if (!disturbed.system.kill(target, signal))
      throw new Error(`${target} is not running right now`);
    return Promise.resolve(nothing);
  };
}

const pause: Fault['begin'] = (target, { disturbed }) => {
  const { system } = disturbed;
  const pid = pidOf(disturbed, target);
  if (!system.kill(target, 'SIGSTOP')) throw new Error(`${target} is not running right now`);
  return Promise.resolve(() => {
    // Only the process that was stopped: the part may run in another one by now.
    if (pidOf(disturbed, target) === pid) system.kill(target, 'SIGCONT');
  });
};

function pidOf({ system }: DisturbedSystem, target: string): number | undefined {
  return system.parts.find(({ name }) => name === target)?.pid();
}

function proxied(
  begin: (proxy: ReturnType<typeof proxyOf>) => (() => void) | undefined,
): Fault['begin'] {
  return (target, { disturbed }) => {
    const proxy = proxyOf(disturbed, target);
    const finish = begin(proxy);
    return Promise.resolve(() => {
      finish?.();
      proxy.restore();
    });
  };
}

/** All replicas at once, so that none is left that knows. */
const killAll: Fault['begin'] = (target, { disturbed }) => {
  const service = target.replace('every ', '') as ServiceName;
  if (killEvery(disturbed, service) === 0)
    throw new Error(`no replica of ${service} is running right now`);
  return Promise.resolve(nothing);
};

/** Every fault that can be put into the system on one machine. */
export const FAULTS = {
  kill: {
    what: 'ends a process without a word (SIGKILL)',
    targets: (layout) => [...processes(layout), ...brokers(layout)],
    lastsMs: INSTANT,
    begin: signalled('SIGKILL'),
  },
  'kill-every': {
    what: 'ends all replicas of a service at once (SIGKILL)',
    targets: services,
    lastsMs: INSTANT,
    begin: killAll,
  },
  end: {
    what: 'ends a process in order (SIGTERM)',
    targets: processes,
    lastsMs: INSTANT,
    begin: signalled('SIGTERM'),
  },
  pause: {
    what: 'stops a process for a moment (SIGSTOP, SIGCONT)',
    targets: (layout) => [...processes(layout), ...brokers(layout)],
    lastsMs: [500, 6_000],
    begin: pause,
  },
  'long-pause': {
    what: 'stops a process for longer than a lease of 30 s',
    targets: processes,
    lastsMs: [31_000, 40_000],
    begin: pause,
  },
  cut: {
    what: 'resets a service’s connections and refuses new ones',
    targets: connections,
    lastsMs: [300, 4_000],
    begin: proxied((proxy) => {
      proxy.cut();
      return undefined;
    }),
  },
  stall: {
    what: 'lets no byte of a service’s connections through',
    targets: connections,
    lastsMs: [500, 6_000],
    begin: proxied((proxy) => {
      proxy.stall();
      return undefined;
    }),
  },
  muffle: {
    what: 'lets a service’s requests through, and none of the answers',
    targets: connections,
    lastsMs: [500, 6_000],
    begin: proxied((proxy) => {
      proxy.muffle();
      return undefined;
    }),
  },
  slow: {
    what: 'lets a service’s bytes through in bursts',
    targets: connections,
    lastsMs: [2_000, 8_000],
    begin: proxied(slowDown),
  },
  swallow: {
    what: 'acknowledges what is sent on a service’s open connections, and loses it',
    targets: connections,
    lastsMs: [500, 3_000],
    begin: proxied((proxy) => {
      proxy.swallow();
      return undefined;
    }),
  },
  'lag-and-break': {
    what: 'makes each answer of the database slow, and breaks connections in the middle of transactions',
    targets: () => ['postgres'],
    weight: 6,
    lastsMs: [3_000, 6_000],
    begin: (_target, { disturbed, random }) => Promise.resolve(lagAndBreak(disturbed, random)),
  },
  'poison-unstored': {
    what: 'publishes events that no consumer can read, and cuts the consumers off from the database',
    targets: () => ['task-events'],
    weight: 3,
    lastsMs: [1_500, 3_500],
    begin: async (_target, { disturbed, poison }) => {
      // Before the cut: afterwards they would wait behind what is delivered again and again. The last of them are on their way now.
      for (let sent = 0; sent < POISON_BURST; sent++) await poison();
      return cutConsumersOff(disturbed);
    },
  },
  'crash-database': {
    what: 'ends the PostgreSQL server without a word (SIGKILL)',
    targets: () => ['postgres'],
    lastsMs: INSTANT,
    begin: async (target, tools) => {
      await signalled('SIGKILL')(target, tools);
      return () => databaseIsBack(tools);
    },
  },
  'restart-database': {
    what: 'ends the PostgreSQL server in order; its clients are cut off',
    targets: () => ['postgres'],
    lastsMs: INSTANT,
    begin: async (target, tools) => {
      await signalled('SIGINT')(target, tools);
      return () => databaseIsBack(tools);
    },
  },
  'terminate-backends': {
    what: 'ends about half of the database’s sessions',
    targets: () => ['postgres'],
    lastsMs: INSTANT,
    begin: async (_target, tools) => {
      await terminateSome(tools);
      return nothing;
    },
  },
  'slow-commit': {
    what: 'lets some transactions commit late, after others that began later',
    targets: () => ['postgres'],
    weight: 3,
    lastsMs: [3_000, 7_000],
    begin: (_target, { disturbed }) => slowCommits(disturbed.asAdmin),
  },
  'refuse-writes': {
    what: 'makes the database read-only',
    targets: () => ['postgres'],
    lastsMs: [500, 5_000],
    begin: (_target, tools) => refuseWrites(tools),
  },
  'take-connections': {
    what: 'takes all connections that the database grants',
    targets: () => ['postgres'],
    lastsMs: [500, 4_000],
    begin: (_target, tools) => takeConnections(tools),
  },
  poison: {
    what: 'publishes an event that no consumer can read',
    targets: () => ['task-events'],
    lastsMs: INSTANT,
    begin: async (_target, tools) => {
      await tools.poison();
      return nothing;
    },
  },
  redeliver: {
    what: 'publishes a past event again',
    targets: () => ['task-events'],
    lastsMs: INSTANT,
    begin: async (_target, tools) => {
      if (!(await tools.redeliver(tools.random))) throw new Error('no event of the past yet');
      return nothing;
    },
  },
  'hold-transaction': {
    what: 'keeps a transaction of somebody else open in the database',
    targets: () => ['postgres'],
    lastsMs: [2_000, 8_000],
    begin: (_target, tools) => holdTransaction(tools),
  },
  'double-commands': {
    what: 'people send each repeatable command twice at once',
    targets: () => ['people'],
    lastsMs: [2_000, 8_000],
    begin: (_target, { doubleCommands }) => {
      doubleCommands(true);
      return Promise.resolve(() => {
        doubleCommands(false);
      });
    },
  },
} as const satisfies Record<string, Fault>;

/** A fault's name. */
export type FaultName = keyof typeof FAULTS;

/** All of them. */
export const FAULT_NAMES = Object.keys(FAULTS) as FaultName[];

/** Those that break nothing that runs: they come beside the others, at the same time. */
export const TRAFFIC_FAULTS: readonly FaultName[] = [
  'poison',
  'redeliver',
  'hold-transaction',
  'double-commands',
];

/** Those of a run that names none: what takes longer than a short run is left out. */
export const DEFAULT_FAULTS = FAULT_NAMES.filter((name) => name !== 'long-pause');
