// Questions by which a part counts as healthy. Each answers undefined, or what is wrong.
import { connect, type NetConnectOpts } from 'node:net';

/** How long an answer may take, ms. */
const TIMEOUT_MS = 4_000;

/** Whether something accepts connections at an address or on a Unix socket. */
export function canConnect(
  to: { host: string; port: number } | { path: string },
): Promise<string | undefined> {
  const name = 'path' in to ? to.path : `${to.host}:${to.port}`;
  return new Promise((answer) => {
    const socket = connect({ ...to, timeout: TIMEOUT_MS } as NetConnectOpts);
    const done = (reason: string | undefined): void => {
      socket.destroy();
      answer(reason);
    };
    socket.once('connect', () => {
      done(undefined);
    });
    socket.once('timeout', () => {
      done(`${name} does not answer`);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      done(`${name}: ${error.code ?? error.message}`);
    });
  });
}

/** Whether a health route answers 2xx. */
export async function answersOk(url: string, daprApiToken?: string): Promise<string | undefined> {
  const response = await fetch(url, {
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...(daprApiToken && { headers: { 'dapr-api-token': daprApiToken } }),
  });
  const body = await response.text();
  return response.ok ? undefined : `${url} answers ${response.status}: ${body.slice(0, 300)}`;
}
