// A service as a process of its own whose clock is wrong, beside a sidecar that keeps what is published and the state that is
// saved (the event-flow suite runs the real one).
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { freePort } from '@todo/local/free-port';
import type { Envelope } from './consumer-under-test.ts';

/** What the sidecar shows the service. */
export const TOKEN = 'sidecar-token-for-tests';

/** The running process. */
export interface ServiceProcess {
  readonly url: string;
  readonly pid: number;
  /** What it published, in order. */
  readonly published: { topic: string; event: { subject: string; data: unknown } }[];
  /** What it wrote to standard output: one JSON line an entry. */
  readonly log: () => { level: string; msg: string; [field: string]: unknown }[];
  /** Hands it an event as its sidecar does. @returns `SUCCESS`, `RETRY` or `DROP` */
  readonly deliver: (event: Envelope) => Promise<string>;
  readonly stop: () => Promise<void>;
  /** Ends it without a warning (SIGKILL), in the middle of whatever it does. */
  readonly kill: () => Promise<void>;
}

/**
 * Starts a service and waits until it can work.
 * @param options `main`: its main.ts; `offMs`: how far its clock is ahead, ms; `state`: answers reads of the state store.
 */
export async function startServiceProcess(options: {
  main: URL;
  databaseUrl: string;
  offMs: number;
  env?: NodeJS.ProcessEnv;
  state?: (key: string) => unknown;
}): Promise<ServiceProcess> {
  const published: ServiceProcess['published'] = [];
  const sidecar = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const [, , kind, , name = ''] = new URL(request.url ?? '', 'http://sidecar').pathname.split(
        '/',
      );
      if (kind === 'publish') {
        const event = JSON.parse(Buffer.concat(chunks).toString()) as {
          subject: string;
          data: unknown;
        };
        published.push({ topic: name, event });
        response.writeHead(204).end();
      } else if (kind === 'state' && request.method === 'GET') {
        const value = options.state?.(decodeURIComponent(decodeURIComponent(name)));
        if (value === undefined) response.writeHead(204).end();
        else
          response
            .writeHead(200, { 'content-type': 'application/json' })
            .end(JSON.stringify(value));
      } else response.writeHead(204).end();
    });
  });
  await new Promise<void>((listening) => sidecar.listen(0, '127.0.0.1', listening));
  const port = await freePort();
  const wrongClock = `const real = Date; const off = ${options.offMs};
    globalThis.Date = class extends real { constructor(...a) { if (a.length === 0) super(real.now() + off); else super(...a); }
      static now() { return real.now() + off; } };`;
  const child = spawn(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(wrongClock)}`, options.main.pathname],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        PATH: process.env['PATH'],
        HOST: '127.0.0.1',
        PORT: String(port),
        DATABASE_URL: options.databaseUrl,
        DAPR_HTTP_PORT: String((sidecar.address() as AddressInfo).port),
        APP_API_TOKEN: TOKEN,
        ...options.env,
      },
    },
  );
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<void>((done) =>
    child.once('exit', () => {
      done();
    }),
  );
  const log: ServiceProcess['log'] = () =>
    output
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as ReturnType<ServiceProcess['log']>[number]);
  const url = `http://127.0.0.1:${port}`;
  const isReady = async (): Promise<boolean> =>
    log().some(({ msg }) => msg === 'ready') &&
    (await fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    ));
  const deadline = performance.now() + 180_000;
  while (!(await isReady())) {
    if (child.exitCode !== null || performance.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`the service did not start:\n${output}`);
    }
    await new Promise((next) => setTimeout(next, 50));
  }
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    child.kill(signal);
    await ended;
    sidecar.closeAllConnections();
    sidecar.close();
  };
  return {
    url,
    pid: child.pid ?? 0,
    published,
    log,
    deliver: async (event) => {
      const answer = await fetch(`${url}/events/${event.topic}`, {
        method: 'POST',
        headers: { 'content-type': 'application/cloudevents+json', 'dapr-api-token': TOKEN },
        body: JSON.stringify(event),
      });
      return ((await answer.json()) as { status: string }).status;
    },
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}
