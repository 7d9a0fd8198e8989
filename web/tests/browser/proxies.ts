// What may stand between a browser and the server: a proxy that gathers whole answers, and a line that goes dead without a word.
// A page opened through one has the session of the real address (cookies do not tell ports apart), so it can read and hear.
import { createServer as createHttpServer, request } from 'node:http';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A running proxy. */
export interface Proxy {
  url: string;
  close: () => Promise<void>;
}

/** Passes an answer on only when all of it is there, whatever its headers ask for. */
export async function gatheringProxy(target: string): Promise<Proxy> {
  const server = createHttpServer((incoming, outgoing) => {
    const onward = request(
      new URL(incoming.url ?? '/', target),
      { method: incoming.method, headers: { ...incoming.headers, host: new URL(target).host } },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => {
          delete answer.headers['transfer-encoding'];
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers).end(Buffer.concat(chunks));
        });
        answer.on('error', () => outgoing.destroy());
      },
    );
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
  });
  return await listening(server, () => {
    server.closeAllConnections();
  });
}

/** A line that can go dead: what is connected stays connected and nothing comes through any more. New connections work. */
export async function brittleLine(target: string): Promise<Proxy & { breakSilently: () => void }> {
  const { hostname, port } = new URL(target);
  const pairs = new Set<[Socket, Socket]>();
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    const pair: [Socket, Socket] = [near, far];
    pairs.add(pair);
    near.pipe(far);
    far.pipe(near);
    for (const socket of pair) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        pairs.delete(pair);
        near.destroy();
        far.destroy();
      });
    }
  });
  const proxy = await listening(server, () => {
    for (const socket of [...pairs].flat()) socket.destroy();
  });
  return {
    ...proxy,
    breakSilently: () => {
      for (const [near, far] of pairs) {
        near.unpipe();
        far.unpipe();
        near.pause();
        far.pause();
      }
    },
  };
}

async function listening(server: Server, cut: () => void): Promise<Proxy> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        cut();
      }),
  };
}
