// The faults by name. Each begins, lasts and ends: when it has ended, the part it hit is healthy again or about to be.
// Long because it is one list: what a run may draw from is read in one place.
import { setTimeout as sleep } from 'node:timers/promises';
import { SERVICES, type ServiceName } from '@todo/local/ports';
import pg from 'pg';
import type { DisturbedSystem } from './disturbed-system.ts';

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
  readonly targets: (pubsub: DisturbedSystem['pubsub']) => readonly string[];
  /** How long it lasts, ms: from, to. */
  readonly lastsMs: readonly [number, number];
  /** Begins it, and gives what ends it. */
  readonly begin: (target: string, tools: FaultTools) => Promise<() => Promise<void> | void>;
}

/** A kill ends by itself: the supervisor starts the part again. */
const nothing = (): void => undefined;

const processes = (pubsub: DisturbedSystem['pubsub']): string[] => [
  ...SERVICES,
  ...SERVICES.map((service) => `daprd-${service}`),
  ...(pubsub === 'postgresql' ? SERVICES.map((service) => `pubsub-${service}`) : []),
];
const brokers = (pubsub: DisturbedSystem['pubsub']): string[] =>
  pubsub === 'kafka' ? ['kafka'] : [];
const connections = (): string[] =>
  SERVICES.flatMap((service) => [`${service} to its database`, `${service} to its sidecar`]);

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

type Proxy = DisturbedSystem['proxies'][ServiceName]['database'];

function proxied(begin: (proxy: Proxy) => (() => void) | undefined): Fault['begin'] {
  return (target, { disturbed }) => {
    const [service, , , end] = target.split(' ') as [ServiceName, string, string, string];
    const proxy = disturbed.proxies[service][end === 'database' ? 'database' : 'sidecar'];
    const finish = begin(proxy);
    return Promise.resolve(() => {
      finish?.();
      proxy.restore();
    });
  };
}

/** Lets bytes through in bursts only. */
function slowDown(proxy: Proxy): () => void {
  let stalled = false;
  const timer = setInterval(() => {
    stalled = !stalled;
    if (stalled) proxy.stall();
    else proxy.restore();
  }, 120);
  return () => {
    clearInterval(timer);
  };
}

const TODO_BACKENDS = `SELECT pid FROM pg_stat_activity WHERE datname = 'todo' AND pid <> pg_backend_pid()`;

async function terminateSome({ disturbed, random }: FaultTools): Promise<void> {
  const { rows } = await disturbed.asAdmin(`${TODO_BACKENDS} ORDER BY pid`);
  const chosen = (rows as { pid: number }[]).filter(() => random() < 0.5).map(({ pid }) => pid);
  if (chosen.length === 0) return;
  await disturbed.asAdmin(
    `SELECT pg_terminate_backend(pid) FROM unnest(ARRAY[${chosen.join()}]::int[]) AS gone (pid)`,
  );
}

/** Refuses writes as a standby does; sessions that are open notice it at their next transaction. */
async function refuseWrites({ disturbed }: FaultTools): Promise<() => Promise<void>> {
  await disturbed.asAdmin('ALTER SYSTEM SET default_transaction_read_only = on');
  await disturbed.asAdmin('SELECT pg_reload_conf()');
  return async () => {
    await disturbed.asAdmin('ALTER SYSTEM RESET default_transaction_read_only');
    await disturbed.asAdmin('SELECT pg_reload_conf()');
  };
}

/** Takes every connection that the services' role can get, and ends theirs, so that they have to ask for new ones. */
async function takeConnections({ disturbed }: FaultTools): Promise<() => Promise<void>> {
  const held: pg.Client[] = [];
  await disturbed.asAdmin(
    `SELECT pg_terminate_backend(pid) FROM (${TODO_BACKENDS}) AS all_of_them`,
  );
  try {
    for (;;) {
      const client = new pg.Client({
        connectionString: disturbed.ownerUrl,
        connectionTimeoutMillis: 5_000,
      });
      client.on('error', () => undefined);
      await client.connect();
      held.push(client);
    }
  } catch {
    // None is left: that is what was wanted.
  }
  return async () => {
    await Promise.all(held.map((client) => client.end().catch(() => undefined)));
  };
}

/** A database that was killed is there again before the next fault needs it. */
async function databaseIsBack({ disturbed }: FaultTools): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    try {
      await disturbed.asAdmin('SELECT 1');
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(100);
    }
  }
}

const INSTANT = [0, 0] as const;

/** Every fault that can be put into the system on one machine. */
export const FAULTS = {
  kill: {
    what: 'ends a process without a word (SIGKILL)',
    targets: (pubsub) => [...processes(pubsub), ...brokers(pubsub)],
    lastsMs: INSTANT,
    begin: signalled('SIGKILL'),
  },
  end: {
    what: 'ends a process in order (SIGTERM)',
    targets: processes,
    lastsMs: INSTANT,
    begin: signalled('SIGTERM'),
  },
  pause: {
    what: 'stops a process for a moment (SIGSTOP, SIGCONT)',
    targets: (pubsub) => [...processes(pubsub), ...brokers(pubsub)],
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

/** Those that change what is sent, not what runs: they come beside the others, at the same time. */
export const TRAFFIC_FAULTS: readonly FaultName[] = ['poison', 'redeliver', 'double-commands'];

/** Those of a run that names none: what takes longer than a short run is left out. */
export const DEFAULT_FAULTS = FAULT_NAMES.filter((name) => name !== 'long-pause');
