// One request to the backend and its answer, as streams. The answer may come before the request's body has been sent; it is
// passed on at once, and what is left of the body is read and dropped here (`@todo/runtime/lingering-close`).
import {
  Agent,
  request as httpRequest,
  type ClientRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from 'node:http';
import { Agent as TlsAgent, request as httpsRequest } from 'node:https';

/**
 * A connection on which nothing moves for this long is dead, in ms, whatever it acknowledges. The slowest answer is a live
 * view that takes whole ones (25 s); event streams say something every 15 s.
 */
const SILENCE_MS = 45_000;
/** … but MCP's streams have no heartbeat, and the report of a large import comes when all of it is stored, in ms. */
const PATIENT_SILENCE_MS = 300_000;
const PATIENT = new Set(['/mcp', '/api/v1/import']);

/**
 * How long a connection is kept unused, in ms: less than a replica goes on serving once it is to end (SHUTDOWN_DELAY_MS, 5 s in the
 * charts). Each one is then used in that time, and its answer ends it, or is closed here: no request meets a connection
 * that the replica has closed.
 */
const KEPT_MS = 3_500;
const agents = {
  'http:': new Agent({ keepAlive: true, timeout: KEPT_MS }),
  'https:': new TlsAgent({ keepAlive: true, timeout: KEPT_MS }),
};

/** Nothing came from the backend for as long as it may say nothing: asking once more would take as long again. */
export class SilentError extends Error {}

/**
 * Sends a request.
 * @param body what to send as its body; it is not destroyed when the backend closes first, since its client still waits for
 *   the answer
 * @returns the head of the answer, its body to be read
 * @throws SilentError after a silence; Error when the connection ends before the answer
 */
export function askBackend(options: {
  readonly url: string;
  readonly method: string;
  readonly headers: OutgoingHttpHeaders;
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal;
  readonly body: IncomingMessage | undefined;
  /** Over a connection of its own, since those that are kept may all have ended at once. */
  readonly fresh: boolean;
}): Promise<IncomingMessage> {
  const { url, method, headers, signal, body, fresh } = options;
  return new Promise((resolve, reject) => {
    const tls = url.startsWith('https:');
    const agent = agents[tls ? 'https:' : 'http:'];
    const timeout = PATIENT.has(new URL(url).pathname) ? PATIENT_SILENCE_MS : SILENCE_MS;
    const outgoing = (tls ? httpsRequest : httpRequest)(url, {
      method,
      headers,
      signal,
      agent: fresh ? false : agent,
      timeout,
    });
    outgoing.once('response', (answer) => {
      // A connection that waits for the rest of a body is of no use to another request.
      answer.once('end', () => {
        if (!outgoing.writableFinished) outgoing.destroy();
      });
      resolve(answer);
    });
    outgoing.on('error', reject); // more than one may come, the later ones for nobody
    outgoing.once('timeout', () => {
      // What is kept for the next requests went the same way.
      for (const kept of Object.values(agent.freeSockets).flat()) kept?.destroy();
      outgoing.destroy(new SilentError(`no data for ${timeout / 1000} s`));
    });
    if (body === undefined) outgoing.end();
    else send(body, outgoing);
  });
}

function send(body: IncomingMessage, outgoing: ClientRequest): void {
  body.pipe(outgoing);
  // After `pipe`'s own listener, which pauses the body: its client must be able to send the rest.
  outgoing.once('close', () => {
    if (!body.readableEnded) body.resume();
  });
}
