// A database that a test can take away and give back: a TCP relay before the real server. Down means what it means in life:
// open connections break, new ones are refused.
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** The relay. */
export interface DatabaseOutage {
  /** The address to give to the part under test. */
  readonly url: string;
  down: () => Promise<void>;
  up: () => Promise<void>;
}

/** Starts a relay, up, on a free port. @param url address of the real server */
export async function startDatabaseOutage(url: string): Promise<DatabaseOutage> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  let port = 0;
  const track = (socket: Socket, other: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      other.destroy();
    });
  };
  const up = async (): Promise<void> => {
    const listening = createServer((near) => {
      const far = connect(Number(target.port || 5432), target.hostname);
      track(near, far);
      track(far, near);
      near.pipe(far).pipe(near);
    });
    await new Promise<void>((resolve) => listening.listen(port, '127.0.0.1', resolve));
    port = (listening.address() as AddressInfo).port;
    server = listening;
  };
  await up();
  const relayed = new URL(url);
  relayed.host = `127.0.0.1:${port}`;
  return {
    url: relayed.href,
    up,
    down: async () => {
      const closing = server;
      server = undefined;
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => {
        if (closing)
          closing.close(() => {
            resolve();
          });
        else resolve();
      });
    },
  };
}
