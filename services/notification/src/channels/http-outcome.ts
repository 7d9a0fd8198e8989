// How an HTTP answer is to be read, for the channels that speak HTTP.
import { AnswerLost, BlockedAddress, NotSent } from './guarded-request.ts';
import type { Answer } from './guarded-request.ts';
import type { Outcome } from './outcome.ts';

/** Statuses of a request that may work later: timeout, too early, too many. */
const LATER = new Set([408, 425, 429]);
/** Statuses of an address that is gone for good. */
const GONE = new Set([404, 410]);

/** Sends, and says what became of it. @param send rejects with BlockedAddress, NotSent or AnswerLost */
export async function outcomeOf(send: () => Promise<Answer>): Promise<Outcome> {
  try {
    const { status, retryAfterMs } = await send();
    const reason = `answered ${status}`;
    if (status >= 200 && status < 300) return { kind: 'delivered' };
    if (status >= 500 || LATER.has(status)) return { kind: 'retry', reason, afterMs: retryAfterMs };
    return { kind: 'refused', reason, gone: GONE.has(status) };
  } catch (error) {
    if (error instanceof BlockedAddress) return { kind: 'refused', reason: error.message };
    if (error instanceof NotSent) return { kind: 'retry', reason: error.message };
    if (error instanceof AnswerLost) return { kind: 'uncertain', reason: error.message };
    throw error;
  }
}
