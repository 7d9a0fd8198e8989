// A wake-up from one component process to another: a datagram that says nothing but "look".
//
// Used when a subscriber's LISTEN went with a suspended database, or is dead without saying so (call-back.ts): it learns of
// nothing, and must not ask, or the database would never sleep. A publisher has woken the database already, and reads there
// which ports to wake. A datagram can be lost, so it is repeated until it is answered. The secret keeps strangers from
// causing reads; a wake-up leads to one read, at most once in WAKE_GAP_MS.
//
// On the wire it is `knock <secret>`, answered with `heard <secret>`: every released version says so.
import { createSocket, type Socket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import type { Logger } from 'pino';
import type { WakeAddress } from './notifier.ts';

const WAKE_AGAIN_MS = [0, 100, 300, 600];
const WAKE_GAP_MS = 50;
/** A subscriber that answered needs no second wake-up for this long: it listens again. */
const ANSWERED_FOR_MS = 5_000;

/** The port of this process. */
export interface WakePort {
  address: () => Promise<{ host: string; port: number }>;
  wake: (address: WakeAddress) => void;
  close: () => void;
}

/**
 * Opens the port.
 * @param options.host - the address other processes reach this one at; default: the first that is not loopback
 * @param options.port - 0: any free one
 * @param options.onWake - another process called; at most once in 50 ms
 */
export function openWakePort(options: {
  host: string | undefined;
  port: number;
  secret: string;
  onWake: () => void;
  log: Logger;
}): WakePort {
  const socket: Socket = createSocket({ type: 'udp4' });
  const answered = new Map<string, number>();
  const waking = new Set<string>();
  let lastWake = -Infinity;
  socket.unref();
  socket.on('error', (error) => {
    // Several components on one host can't share a port: any other one works where nothing filters ports.
    const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
    options.log.warn(
      { error: error.message, port: options.port },
      taken ? 'the wake port is taken; using any free one' : 'the wake port failed',
    );
    if (taken) socket.bind(0);
  });
  socket.on('message', (message, from) => {
    const text = message.toString('utf8');
    if (text === `knock ${options.secret}`) {
      socket.send(`heard ${options.secret}`, from.port, from.address);
      if (performance.now() - lastWake < WAKE_GAP_MS) return;
      lastWake = performance.now();
      options.onWake();
    } else if (text.startsWith('heard ')) answered.set(text.slice(6), performance.now());
  });
  const bound = new Promise<number>((done) => {
    socket.once('listening', () => {
      done(socket.address().port);
    });
    socket.bind(options.port);
  });

  async function wakeUntilAnswered({ host, port, secret }: WakeAddress): Promise<void> {
    if (
      performance.now() - (answered.get(secret) ?? -Infinity) < ANSWERED_FOR_MS ||
      waking.has(secret)
    )
      return;
    waking.add(secret);
    const started = performance.now();
    for (const after of WAKE_AGAIN_MS) {
      await new Promise((done) => setTimeout(done, started + after - performance.now()).unref());
      if ((answered.get(secret) ?? -Infinity) > started) break;
      socket.send(`knock ${secret}`, port, host);
    }
    waking.delete(secret);
  }

  return {
    address: async () => ({ host: options.host ?? ownAddress(), port: await bound }),
    wake: (address) => {
      wakeUntilAnswered(address).catch((error: unknown) => {
        options.log.debug({ error: String(error) }, 'could not wake another process');
      });
    },
    close: () => {
      socket.close();
    },
  };
}

function ownAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return all.find((entry) => entry.family === 'IPv4' && !entry.internal)?.address ?? '127.0.0.1';
}
