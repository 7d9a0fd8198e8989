// One request to the backend and its answer, as streams. The answer may come before the request's body has been sent; it is
// passed on at once, and what is left of the body is read and dropped here (`@todo/common/lingering-close`).
import {
  Agent,
  request as httpRequest,
  type ClientRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from 'node:http';
import { Agent as TlsAgent, request as httpsRequest } from 'node:https';

/** A connection on which the backend says nothing for this long is given up, in ms; event streams say something sooner. */
const SILENCE_MS = 300_000;

const agents = {
  'http:': new Agent({ keepAlive: true }),
  'https:': new TlsAgent({ keepAlive: true }),
};

/**
 * Sends a request.
 * @param body what to send as its body; it is not destroyed when the backend closes first, since its client still waits for
 *   the answer
 * @returns the head of the answer, its body to be read
 * @throws Error when the connection ends before that
 */
export function askBackend(options: {
  readonly url: string;
  readonly method: string;
  readonly headers: OutgoingHttpHeaders;
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal;
  readonly body: IncomingMessage | undefined;
}): Promise<IncomingMessage> {
  const { url, method, headers, signal, body } = options;
  return new Promise((resolve, reject) => {
    const tls = url.startsWith('https:');
    const outgoing = (tls ? httpsRequest : httpRequest)(url, {
      method,
      headers,
      signal,
      agent: agents[tls ? 'https:' : 'http:'],
      timeout: SILENCE_MS,
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
      outgoing.destroy(new Error(`no sign of life for ${SILENCE_MS / 1000} s`));
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
