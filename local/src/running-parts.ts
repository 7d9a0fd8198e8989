// The parts of a running system as a whole: one of them by name, all of them healthy, all of them stopped in order.
import { SERVICES } from './ports.ts';
import type { Part } from './supervisor.ts';

export function partNamed(parts: readonly Part[], name: string): Part {
  const part = parts.find((candidate) => candidate.name === name);
  if (part) return part;
  throw new Error(
    `No part ${name}; there are ${parts.map((candidate) => candidate.name).join(', ')}`,
  );
}

export async function waitUntilHealthy(parts: readonly Part[], timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const states = await Promise.all(
      parts.map(async (part) => ({
        name: part.name,
        wrong: part.pid() === undefined ? 'is not running' : await part.check(),
      })),
    );
    const unhealthy = states.filter((state) => state.wrong !== undefined);
    if (unhealthy.length === 0) return;
    if (Date.now() > deadline) {
      const list = unhealthy.map((state) => `${state.name}: ${state.wrong ?? ''}`).join('\n');
      throw new Error(`Not healthy after ${timeoutMs} ms:\n${list}`);
    }
    await new Promise((done) => setTimeout(done, 100));
  }
}

function isReplicaOf(name: string, service: string): boolean {
  return name === service || name.startsWith(`${service}-`);
}

/** First what takes work in, last what keeps the data; what is of one kind at the same time. */
export async function stopInOrder(parts: readonly Part[], now: boolean): Promise<void> {
  const kinds: ((name: string) => boolean)[] = [
    (name) => name === 'web' || SERVICES.some((service) => isReplicaOf(name, service)),
    (name) => name.startsWith('daprd-'),
    (name) => name.startsWith('pubsub-'),
    (name) => name === 'kafka',
    (name) => name === 'postgres',
  ];
  if (now) {
    await Promise.all(parts.map((part) => part.stop(true)));
    return;
  }
  // What has no place in the order needs nothing of the others (Prometheus), and nothing needs it.
  const others = parts.filter((part) => !kinds.some((isOfKind) => isOfKind(part.name)));
  await Promise.all(others.map((part) => part.stop()));
  for (const isOfKind of kinds) {
    await Promise.all(parts.filter((part) => isOfKind(part.name)).map((part) => part.stop()));
  }
}
