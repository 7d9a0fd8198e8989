// `npm run up -- --break`: the system on this machine with two replicas of each service, proxies between its parts, and what the
// status page's Break it asks. `npm run up` imports it by this path only: nothing else of the local system knows the suites.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { print, runInForeground, type ForegroundOptions } from '@todo/local/foreground';
import type { System } from '@todo/local/system';
import { disturbedSystem, putBetween } from '../faults/disturbed-system.ts';
import { clientOf } from '../workload/client.ts';
import { publishAgain, publishPoison } from '../workload/published-events.ts';
import { startBreaker } from './breaker.ts';
import { startControlServer, type Controlled } from './control-server.ts';
import { startLoad } from './load.ts';

/** Of each service, so that a kill is not an outage. */
const REPLICAS = 2;
/** Parts are asked whether they are healthy this often, ms. */
const ASK_EVERY_MS = 1_000;

/**
 * Starts it and keeps it until Ctrl-C, as `runInForeground` does.
 * @param options `dataDir`: its data goes to `break` below that, and is thrown away first
 * @param onUp called once everything is healthy, and the panel can be used
 * @throws Error when a system runs on that data
 * @public `npm run up` imports it by its path
 */
export async function upToBreak(
  options: ForegroundOptions,
  onUp: (system: System, options: ForegroundOptions) => Promise<void>,
): Promise<void> {
  const { portBase, pubsub } = options;
  const dataDir = join(options.dataDir, 'break');
  const disturbances = await putBetween({ dataDir, portBase, replicas: REPLICAS, say: print });
  const token = randomBytes(24).toString('base64url');
  const server = await startControlServer(token);
  const parts = { end: (): Promise<void> => Promise.resolve() };
  await runInForeground(
    {
      ...{ ...options, dataDir, reset: false, replicas: REPLICAS },
      env: { ...disturbances.env, web: { BREAK_URL: server.url, BREAK_TOKEN: token } },
    },
    async (system) => {
      const disturbed = await disturbedSystem(system, pubsub, disturbances);
      const { controlled, end } = controlledSystem(disturbed, print);
      parts.end = end;
      server.control(controlled);
      await onUp(system, { ...options, dataDir });
    },
    undefined,
    () => parts.end(),
  );
}

/** Starts what the panel controls. */
function controlledSystem(
  disturbed: Awaited<ReturnType<typeof disturbedSystem>>,
  say: (line: string) => void,
): { controlled: Controlled; end: () => Promise<void> } {
  const { system, pubsub, backends } = disturbed;
  let doubles = false;
  const health = watchHealth(system);
  const breaker = startBreaker({
    layout: { pubsub, replicas: REPLICAS },
    tools: {
      disturbed,
      poison: () => publishPoison(system, []),
      redeliver: async (random) => {
        const people = load.people();
        return people.length > 0 && (await publishAgain(system, people, random));
      },
      doubleCommands: (on) => {
        doubles = on;
      },
    },
    waitUntilHealthy: system.waitUntilHealthy,
    say,
  });
  const load = startLoad({
    join: async (name) => clientOf(backends, await system.token({ user: name, zone: 'UTC' })),
    calmSince: () => Math.max(breaker.calmSince(), health.healthySince()),
    doubles: () => doubles,
  });
  return {
    controlled: {
      ...{ breaker, load },
      health: () => ({ parts: system.parts.length, unhealthy: health.unhealthy() }),
    },
    end: async () => {
      health.stop();
      await breaker.stop();
      // Not waited for: a request may be repeated for longer than anybody waits for Ctrl-C.
      load.stop().catch(() => undefined);
    },
  };
}

/** Asks every part again and again whether it is healthy. */
function watchHealth({ parts }: System): {
  unhealthy: () => readonly string[];
  /** ms since the epoch; Infinity while one is not. */
  healthySince: () => number;
  stop: () => void;
} {
  let unhealthy: string[] = [];
  let since = Date.now();
  let isStopped = false;
  const watch = async (): Promise<void> => {
    while (!isStopped) {
      const answers = await Promise.all(
        parts.map(async (part) => ((await part.check()) === undefined ? [] : [part.name])),
      );
      const wasHealthy = unhealthy.length === 0;
      unhealthy = answers.flat();
      if (unhealthy.length === 0 && !wasHealthy) since = Date.now();
      await sleep(ASK_EVERY_MS, undefined, { ref: false });
    }
  };
  watch().catch(() => undefined); // a check never rejects
  return {
    unhealthy: () => unhealthy,
    healthySince: () => (unhealthy.length === 0 ? since : Infinity),
    stop: () => {
      isStopped = true;
    },
  };
}
