// What the web server asks on behalf of an operator: the state, a fault, a rate. On 127.0.0.1 only, and only with a token that is
// made anew for each system.
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { FAULT_NAMES } from '../faults/catalogue.ts';
import { FaultRefused, type Breaker } from './breaker.ts';
import { MOST_PER_SECOND, type Load } from './load.ts';

/** Longest body that is read, bytes. */
const LONGEST_BODY = 4_096;

/** What the server controls, once the system is up. */
export interface Controlled {
  readonly breaker: Breaker;
  readonly load: Load;
  /** How many parts there are, and which are not healthy now. */
  readonly health: () => { parts: number; unhealthy: readonly string[] };
}

/** A running control server. */
export interface ControlServer {
  readonly url: string;
  /** Opens it; before, every request is answered with 503. */
  readonly control: (what: Controlled) => void;
  readonly close: () => Promise<void>;
}

const faultBody = z.strictObject({
  fault: z.enum(FAULT_NAMES as [string, ...string[]], 'expected the name of a fault'),
  target: z.string().max(200).optional(),
});
const loadBody = z.strictObject({
  perSecond: z
    .int('expected a whole number')
    .min(0, 'expected 0 or more')
    .max(MOST_PER_SECOND, `expected at most ${MOST_PER_SECOND}`),
});

interface Reply {
  readonly status: number;
  readonly body: object;
}

const problem = (status: number, code: string, detail: string): Reply => ({
  status,
  body: { type: `urn:todo:problem:${code}`, title: code, status, detail },
});

/** Starts it on a free port. @param token at least 16 characters */
export async function startControlServer(token: string): Promise<ControlServer> {
  let controlled: Controlled | undefined;
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const expected = digest(`Bearer ${token}`);

  async function answer(request: IncomingMessage): Promise<Reply> {
    if (!timingSafeEqual(digest(request.headers.authorization ?? ''), expected))
      return problem(401, 'not-signed-in', 'Send the token of this system as a bearer token.');
    if (!controlled) return problem(503, 'starting', 'The system is starting. Try again later.');
    const { breaker, load } = controlled;
    switch (`${request.method ?? ''} ${request.url ?? ''}`) {
      case 'GET /state':
        return { status: 200, body: stateOf(controlled) };
      case 'POST /faults': {
        const given = faultBody.safeParse(await bodyOf(request));
        if (!given.success) return problem(400, 'invalid-input', wrong(given.error));
        const name = FAULT_NAMES.find((one) => one === given.data.fault) ?? 'kill';
        return { status: 202, body: breaker.put(name, given.data.target) };
      }
      case 'PUT /load': {
        const given = loadBody.safeParse(await bodyOf(request));
        if (!given.success) return problem(400, 'invalid-input', wrong(given.error));
        load.set(given.data.perSecond);
        return { status: 200, body: load.state() };
      }
      default:
        return problem(404, 'not-found', 'There are GET /state, POST /faults and PUT /load.');
    }
  }

  const server = createServer((request, response) => {
    answer(request)
      .catch((error: unknown) =>
        error instanceof FaultRefused
          ? problem(409, 'not-now', error.message)
          : problem(400, 'invalid-input', error instanceof Error ? error.message : String(error)),
      )
      .then((reply) => {
        send(response, reply);
      })
      .catch(() => response.destroy());
  });
  const port = await new Promise<number>((listening, failed) => {
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address && typeof address === 'object') listening(address.port);
      else failed(new Error('the control server has no port'));
    });
  });
  return {
    url: `http://127.0.0.1:${port}`,
    control: (what) => {
      controlled = what;
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => {
          closed();
        });
        server.closeAllConnections();
      }),
  };
}

/** Everything the panel shows. Instants in ms since the epoch, by the clock of this machine, as `now` is. */
function stateOf({ breaker, load, health }: Controlled): object {
  return {
    now: Date.now(),
    ...health(),
    faults: breaker.offers,
    ...breaker.state(),
    load: { ...load.state(), most: MOST_PER_SECOND },
    counters: load.counters(),
  };
}

function send(response: ServerResponse, { status, body }: Reply): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': status < 400 ? 'application/json' : 'application/problem+json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  });
  response.end(text);
}

/** @throws Error for a body that is too long or no JSON */
async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LONGEST_BODY) throw new Error(`expected a body of at most ${LONGEST_BODY} bytes`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    throw new Error('expected a JSON body');
  }
}

function wrong(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message))
    .join('; ');
}
