// A network that can be interrupted: a TCP proxy in front of the database.
import { connect, createServer, type Socket } from 'node:net';

/** A proxy on 127.0.0.1. */
export interface TcpProxy {
  port: number;
  /** Resets every connection and refuses new ones until `restore`. */
  cut: () => void;
  /** Lets no byte through, and tells nobody: as when packets are dropped on the way. */
  stall: () => void;
  /** Lets through what is sent to the target, and none of its answers. */
  muffle: () => void;
  /**
   * The connections open now go on being acknowledged, and nothing of them arrives any more on either side, not even their
   * end: a broken middlebox. Connections made later work. `restore` does not bring back what was lost.
   * @returns how many connections it took
   */
  swallow: () => number;
  /** Connections that are open now, swallowed ones included. */
  count: () => number;
  restore: () => void;
  /** Resets the connections that are open now. */
  reset: () => void;
  close: () => Promise<void>;
}

/** @param target - port on 127.0.0.1 */
export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const pairs = new Set<[Socket, Socket]>();
  let state: 'open' | 'cut' | 'stalled' | 'muffled' = 'open';
  const swallowed = new Set<[Socket, Socket]>();
  const server = createServer({ allowHalfOpen: true }, (inward) => {
    if (state === 'cut') {
      inward.resetAndDestroy();
      return;
    }
    // Half open: the end of one side is passed on by `pipe`, unless it is swallowed.
    const outward = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true });
    const pair: [Socket, Socket] = [inward, outward];
    pairs.add(pair);
    const end = (): void => {
      pairs.delete(pair);
      for (const socket of pair) socket.destroy();
    };
    for (const socket of pair) {
      socket.on('error', end);
      socket.on('close', () => {
        if (!swallowed.has(pair)) end();
        else if (pair.every((one) => one.closed)) pairs.delete(pair);
      });
    }
    if (state === 'stalled') for (const socket of pair) socket.pause();
    inward.pipe(outward);
    outward.pipe(inward);
    if (state === 'stalled') for (const socket of pair) socket.pause();
    if (state === 'muffled') outward.pause();
  });
  const port = await new Promise<number>((done, failed) => {
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address && typeof address === 'object') done(address.port);
      else failed(new Error('the proxy has no port'));
    });
  });

  function reset(): void {
    for (const pair of pairs) for (const socket of pair) socket.resetAndDestroy();
    pairs.clear();
    swallowed.clear();
  }
  return {
    port,
    cut: () => {
      state = 'cut';
      reset();
    },
    stall: () => {
      state = 'stalled';
      for (const pair of pairs) for (const socket of pair) socket.pause();
    },
    muffle: () => {
      state = 'muffled';
      for (const [, outward] of pairs) outward.pause();
    },
    swallow: () => {
      for (const pair of pairs) {
        swallowed.add(pair);
        for (const socket of pair) {
          socket.unpipe();
          socket.resume();
        }
      }
      return pairs.size;
    },
    count: () => pairs.size,
    restore: () => {
      if (state !== 'cut') for (const pair of pairs) for (const socket of pair) socket.resume();
      state = 'open';
    },
    reset,
    close: async () => {
      reset();
      await new Promise((done) => server.close(done));
    },
  };
}
