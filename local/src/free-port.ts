// Ports for what a test or a benchmark starts.
import { createServer, type AddressInfo } from 'node:net';

/** TCP ports of 127.0.0.1 that nobody listens on now, each another one. */
export async function freePorts(count: number): Promise<number[]> {
  const probes = Array.from({ length: count }, () => createServer());
  await Promise.all(
    probes.map(
      (probe) =>
        new Promise<void>((listening, failed) => {
          probe.once('error', failed);
          probe.listen(0, '127.0.0.1', listening);
        }),
    ),
  );
  const ports = probes.map((probe) => (probe.address() as AddressInfo).port);
  await Promise.all(probes.map((probe) => new Promise((closed) => probe.close(closed))));
  return ports;
}

/** A TCP port of 127.0.0.1 that nobody listens on now. */
export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}
