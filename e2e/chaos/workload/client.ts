// Requests as a careful client sends them: repeated for a while when nothing or a 5xx answers, and not for ever.
import { setTimeout as sleep } from 'node:timers/promises';

/** How long a request is repeated, ms. */
const REPEAT_FOR_MS = 40_000;
/** One try may take so long, ms. */
const TRY_MS = 15_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

/** A request below /api/v1, or of another path of the backend. */
export interface Ask {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** False: sent once, since a repetition might do it twice. */
  readonly repeat?: boolean;
}

/** What came of it. `status` 0: no answer that says what happened. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly tries: number;
  /** An earlier try may have been done without an answer. */
  readonly inDoubt: boolean;
}

/** Sends a request. Never rejects. */
export type Send = (ask: Ask) => Promise<Answer>;

/** A client of one person. Each try goes to the next replica, as behind a load balancer. @param baseUrls of the replicas */
export function clientOf(baseUrls: readonly string[], token: string): Send {
  let turn = 0;
  const next = (): string => baseUrls[turn++ % baseUrls.length] ?? '';
  return async ({ method, path, body, type = 'application/json', headers, repeat = true }) => {
    const deadline = Date.now() + REPEAT_FOR_MS;
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    let pause = FIRST_PAUSE_MS;
    let inDoubt = false;
    for (let tries = 1; ; tries++) {
      const answer = await once(`${next()}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(text !== undefined && { 'content-type': type }),
          ...headers,
        },
        ...(text !== undefined && { body: text }),
      });
      const final = answer.status !== 0 && answer.status < 500 && answer.status !== 429;
      if (final || !repeat || Date.now() > deadline) {
        // A 5xx says nothing for sure: the change may have been committed before something failed.
        const status = final ? answer.status : 0;
        return { status, text: final ? answer.text : answer.why, tries, inDoubt };
      }
      inDoubt ||= answer.status !== 429 && !answer.refused;
      await sleep(pause);
      pause = Math.min(LONGEST_PAUSE_MS, pause * 2);
    }
  };
}

async function once(
  url: string,
  init: RequestInit,
): Promise<{ status: number; text: string; why: string; refused: boolean }> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(TRY_MS) });
    const text = await response.text();
    const why = `HTTP ${response.status} ${text.slice(0, 200)}`;
    return { status: response.status, text, why, refused: false };
  } catch (error) {
    const cause = (error as Error).cause as NodeJS.ErrnoException | undefined;
    const why = `no answer: ${cause?.code ?? (error as Error).message}`;
    return { status: 0, text: '', why, refused: cause?.code === 'ECONNREFUSED' };
  }
}
