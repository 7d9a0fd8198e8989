// `POST /api/vitals`: what pages measured in browsers. Anybody's browser may send it, so a report is small, comes from our own
// pages, and says nothing but numbers by known names; nothing is stored.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { invalidInput, fieldErrors, Problem } from '@todo/contracts/problem';
import { vitalsReport } from '@todo/contracts/web-vitals';
import { measured } from '@todo/runtime/measurements';
import { refuse } from './refusal';

/** Longest report, bytes: five numbers take 300. */
const MAX_BYTES = 1_024;

/** Where pages send what they measured. */
export const VITALS_PATH = '/api/vitals';

/**
 * Answers a report: 204, or a problem.
 * @param publicUrl the origin of our own pages
 */
export function takeVitals(
  request: IncomingMessage,
  response: ServerResponse,
  publicUrl: string,
): void {
  read(request, publicUrl).then(
    ({ vitals }) => {
      for (const { name, value } of vitals) measured('page.vital', { name, value });
      response.writeHead(204, { 'cache-control': 'no-store' }).end();
    },
    (error: unknown) => {
      refuse(
        response,
        error instanceof Problem
          ? error
          : new Problem(400, 'bad-request', 'The report could not be read.'),
      );
    },
  );
}

async function read(
  request: IncomingMessage,
  publicUrl: string,
): Promise<ReturnType<typeof vitalsReport.parse>> {
  if (request.method !== 'POST')
    throw new Problem(405, 'method-not-allowed', 'Send a report with POST.', {
      headers: { allow: 'POST' },
    });
  if (request.headers.origin !== publicUrl)
    throw new Problem(403, 'cross-site', `The Origin header must be ${publicUrl}.`);
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MAX_BYTES)
      throw new Problem(413, 'too-large', `A report has at most ${MAX_BYTES} bytes.`);
    parts.push(part);
  }
  const report = vitalsReport.safeParse(parsed(Buffer.concat(parts).toString('utf8')));
  if (!report.success) throw invalidInput(fieldErrors(report.error));
  return report.data;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw invalidInput([{ field: '(body)', message: 'expected JSON' }]);
  }
}
