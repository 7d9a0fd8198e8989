// A knock from one component process at another: a datagram that says nothing but "look".
//
// Used when a subscriber's LISTEN went with a suspended database, or is dead and does not say so (call-back.ts): it is not
// told, and must not ask, or the database would never sleep. Who publishes has woken the database already, and reads there at which ports to knock. A datagram can be
// lost, so a knock is repeated until it is answered. The secret keeps strangers from causing reads; what a knock leads to
// is one read, at most once in KNOCK_GAP_MS.
import { createSocket, type Socket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import type { Logger } from 'pino';
import type { WakeAddress } from './notifier.ts';

const KNOCK_AGAIN_MS = [0, 100, 300, 600];
const KNOCK_GAP_MS = 50;
/** A subscriber that answered needs no second knock for this long: it listens again. */
const ANSWERED_FOR_MS = 5_000;

/** The port of this process. */
export interface WakePort {
  address: () => Promise<{ host: string; port: number }>;
  knock: (address: WakeAddress) => void;
  close: () => void;
}

/**
 * Opens the port.
 * @param options.host - the address other processes reach this one at; default: the first that is not loopback
 * @param options.port - 0: any free one
 */
export function openWakePort(options: {
  host: string | undefined;
  port: number;
  secret: string;
  onKnock: () => void;
  log: Logger;
}): WakePort {
  const socket: Socket = createSocket({ type: 'udp4' });
  const answered = new Map<string, number>();
  const knocking = new Set<string>();
  let lastKnock = -Infinity;
  socket.unref();
  socket.on('error', (error) => {
    // Several components on one host can't share a port: any other one works where nothing filters ports.
    const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
    options.log.warn(
      { error: error.message, port: options.port },
      taken ? 'the wake port is taken; using any free one' : 'the wake port has an error',
    );
    if (taken) socket.bind(0);
  });
  socket.on('message', (message, from) => {
    const text = message.toString('utf8');
    if (text === `knock ${options.secret}`) {
      socket.send(`heard ${options.secret}`, from.port, from.address);
      if (performance.now() - lastKnock < KNOCK_GAP_MS) return;
      lastKnock = performance.now();
      options.onKnock();
    } else if (text.startsWith('heard ')) answered.set(text.slice(6), performance.now());
  });
  const bound = new Promise<number>((done) => {
    socket.once('listening', () => {
      done(socket.address().port);
    });
    socket.bind(options.port);
  });

  async function knockUntilHeard({ host, port, secret }: WakeAddress): Promise<void> {
    if (
      performance.now() - (answered.get(secret) ?? -Infinity) < ANSWERED_FOR_MS ||
      knocking.has(secret)
    )
      return;
    knocking.add(secret);
    const started = performance.now();
    for (const after of KNOCK_AGAIN_MS) {
      await new Promise((done) => setTimeout(done, started + after - performance.now()).unref());
      if ((answered.get(secret) ?? -Infinity) > started) break;
      socket.send(`knock ${secret}`, port, host);
    }
    knocking.delete(secret);
  }

  return {
    address: async () => ({ host: options.host ?? ownAddress(), port: await bound }),
    knock: (address) => {
      knockUntilHeard(address).catch((error: unknown) => {
        options.log.debug({ error: String(error) }, 'knocking failed');
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
