// Answers long work with lines of JSON (https://github.com/ndjson/ndjson-spec): `{"progress":…}` while it is under way, then one
// `{"report":…}` or `{"problem":…}`. An answer that ends without the last one was cut off. Work that is done, or refused, before
// it had anything to tell is answered as usual, with its own status.
import { PassThrough } from 'node:stream';
import { problemBody } from '@todo/contracts/problem';
import { toProblem } from '@todo/runtime/server';
import { currentTrace } from '@todo/runtime/trace';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Media type of such an answer; a client asks for it with `Accept`. */
export const PROGRESS_TYPE = 'application/x-ndjson';
/** Progress that a slow client has not read yet, in bytes: more is not kept for it. */
const MAX_WAITING_BYTES = 16_384;

/** Whether a client takes lines of JSON. */
export function takesProgress({ headers }: FastifyRequest): boolean {
  return headers.accept?.includes(PROGRESS_TYPE) === true;
}

/**
 * Runs work and answers with its progress.
 * @param work told where to report progress; goes on when the client is gone
 * @returns what the route's handler returns
 * @throws what `work` throws before its first progress
 */
export async function answerWithProgress<Report extends object>(
  { log }: FastifyRequest,
  reply: FastifyReply,
  work: (onProgress: (progress: object) => void) => Promise<Report>,
): Promise<Report | FastifyReply> {
  const lines = new PassThrough();
  const say = (line: object): void => {
    if (lines.writable) lines.write(`${JSON.stringify(line)}\n`);
  };
  const { promise: begun, resolve: begin } = Promise.withResolvers<undefined>();
  const result = work((progress) => {
    if (lines.writableLength < MAX_WAITING_BYTES) say({ progress });
    begin(undefined);
  });
  const done = await Promise.race([begun, result]);
  if (done !== undefined) return done;
  const traceId = currentTrace()?.traceId;
  void result
    .then(
      (report) => {
        say({ report });
      },
      (error: unknown) => {
        const problem = toProblem(error);
        if (problem.status >= 500) log.error({ err: problem.cause ?? error }, 'request failed');
        say({ problem: problemBody(problem, traceId) });
      },
    )
    .finally(() => lines.end());
  return reply.type(PROGRESS_TYPE).send(lines);
}
