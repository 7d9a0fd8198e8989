// Faults of connections, put in by the proxies between a replica and its database or sidecar.
import type { TcpProxy } from '@todo/testing/tcp-proxy';
import type { DisturbedSystem } from './disturbed-system.ts';

/** What ends a fault. */
type End = () => void;

/** A burst lets everything through and then nothing for so long, ms. */
const BURST_MS = 120;
/** A laggard lets one hop through and then nothing for so long, ms: a round trip takes one to two of these. */
const HOP_MS = 35;
/** Between two breaks of a connection that lags, ms: from, to. A transaction of several statements is under way then. */
const BREAK_MS = [250, 900] as const;

/** The proxy that a target such as "audit-2 to its database" names. */
export function proxyOf({ replicas }: DisturbedSystem, target: string): TcpProxy {
  const [name, , , end] = target.split(' ');
  const replica = replicas.find((one) => one.name === name);
  if (!replica) throw new Error(`there is no ${target}`);
  return end === 'database' ? replica.database : replica.sidecar;
}

/** Lets bytes through in bursts only. */
export function slowDown(proxy: TcpProxy): End {
  let stalled = false;
  const timer = setInterval(() => {
    stalled = !stalled;
    if (stalled) proxy.stall();
    else proxy.restore();
  }, BURST_MS);
  return () => {
    clearInterval(timer);
  };
}

/** Makes every round trip to the database slow, for everybody, and breaks the connections again and again. */
export function lagAndBreak({ replicas }: DisturbedSystem, random: () => number): End {
  const databases = replicas.map(({ database }) => database);
  let breaking: NodeJS.Timeout;
  const hop = setInterval(() => {
    for (const proxy of databases) proxy.restore();
    setImmediate(() => {
      setImmediate(() => {
        for (const proxy of databases) proxy.stall();
      });
    });
  }, HOP_MS);
  const breakLater = (): void => {
    breaking = setTimeout(
      () => {
        // Not all at once: what one replica began, another goes on with.
        for (const proxy of databases) if (random() < 0.6) proxy.reset();
        breakLater();
      },
      BREAK_MS[0] + random() * (BREAK_MS[1] - BREAK_MS[0]),
    );
  };
  breakLater();
  return () => {
    clearInterval(hop);
    clearTimeout(breaking);
    // After the hop that may be under way.
    setTimeout(() => {
      for (const proxy of databases) proxy.restore();
    }, HOP_MS);
  };
}

/** Cuts every replica of the services that consume events off from the database. */
export function cutConsumersOff({ replicas }: DisturbedSystem): End {
  const consumers = replicas.filter(({ service }) => service !== 'backend');
  const cut = consumers.map(({ database }) => database);
  for (const proxy of cut) proxy.cut();
  return () => {
    for (const proxy of cut) proxy.restore();
  };
}
