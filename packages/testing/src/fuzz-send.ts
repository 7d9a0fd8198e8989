// Sends made-up requests and looks for what no answer may be: a 5xx, none at all, or an error that nobody foresaw.
import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { MadeRequest } from './fuzz-requests.ts';

/** What was wrong with an answer. */
export interface Finding {
  readonly request: MadeRequest;
  readonly status: number;
  readonly answer: string;
}

/** An answer takes at most this long, ms. */
const ANSWER_MS = 10_000;

/** Sends one request; ids of what it made are added to `ids`. Gives what no answer may be, or undefined. */
export async function send(
  base: URL,
  made: MadeRequest,
  ids: string[] = [],
): Promise<Finding | undefined> {
  const { status, answer } = await exchange(base, made);
  if (status >= 500 || status === 0 || answer.includes('Internal error. Try again'))
    return { request: made, status, answer: answer.slice(0, 500) };
  const id = /"id":"([\da-f-]{36})"/.exec(answer)?.[1];
  if (id !== undefined && status < 300) {
    ids.push(id);
    if (ids.length > 200) ids.shift();
  }
  return undefined;
}

function exchange(base: URL, made: MadeRequest): Promise<{ status: number; answer: string }> {
  return new Promise((resolve) => {
    const failed = (error: Error): void => {
      resolve({ status: 0, answer: `no answer: ${error.message}` });
    };
    const sent = httpRequest(
      {
        host: base.hostname,
        port: base.port,
        method: made.method,
        path: made.path,
        headers: {
          ...made.headers,
          // Node's client leaves the length out with a method that has no body as a rule.
          ...(made.body === undefined ? {} : { 'content-length': Buffer.byteLength(made.body) }),
        },
        timeout: ANSWER_MS,
      },
      (answer: IncomingMessage) => {
        // Streams are left after their head: they don't end by themselves.
        const status = answer.statusCode ?? 0;
        const type = answer.headers['content-type'] ?? '';
        if (type.startsWith('text/event-stream') && !made.path.startsWith('/mcp')) {
          answer.destroy();
          resolve({ status, answer: '' });
          return;
        }
        let text = '';
        answer.on(
          'data',
          (chunk: Buffer) => (text += text.length < 100_000 ? chunk.toString() : ''),
        );
        answer.on('end', () => {
          resolve({ status, answer: text });
        });
        answer.on('error', failed);
      },
    );
    sent.on('timeout', () => sent.destroy(new Error(`silent for ${ANSWER_MS} ms`)));
    sent.on('error', failed);
    sent.end(made.body);
  });
}

/** Sends `count` requests, some at once, and gives what should not have been answered so. */
export async function fuzz(options: {
  /** Where to send, in turns. */
  readonly doors: readonly URL[];
  readonly next: () => MadeRequest;
  readonly ids: string[];
  readonly count: number;
  readonly atOnce?: number;
  readonly onSent?: (sent: number) => void;
}): Promise<Finding[]> {
  const findings: Finding[] = [];
  let sent = 0;
  const work = async (): Promise<void> => {
    while (sent < options.count) {
      const number = ++sent;
      const door = options.doors[number % options.doors.length] as URL;
      const finding = await send(door, options.next(), options.ids);
      if (finding) findings.push(finding);
      options.onSent?.(number);
    }
  };
  await Promise.all(Array.from({ length: options.atOnce ?? 8 }, work));
  return findings;
}
