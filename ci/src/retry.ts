// What is worth trying again. A registry's 429 and 5xx pass; a denied login never does, and trying it again locks accounts.

/** Tries in all, the first included. */
export const MAX_ATTEMPTS = 4;
/** Wait before the second try, in ms; doubles with each further one. */
const FIRST_DELAY_MS = 2_000;

const PASSING = [
  /\b(?:429|500|502|503|504)\b/,
  /too many requests/i,
  /(?:internal server error|bad gateway|service unavailable|gateway timeout)/i,
  /(?:connection (?:reset|refused)|broken pipe|i\/o timeout|tls handshake timeout|unexpected EOF|no such host)/i,
];
const FINAL = [
  /\b(?:400|401|403|404|405|413)\b/,
  /(?:unauthorized|denied|forbidden|anonymous users|name unknown|manifest unknown|invalid reference)/i,
];

/**
 * Whether a failed call to a registry is worth another try, and when.
 * @param message the error's text. A text with both kinds of sign is final: a denial wrapped in a 5xx stays a denial.
 * @param attempt how many tries there were, from 1.
 * @returns the wait in ms, or undefined to give up.
 */
export function retryDelay(message: string, attempt: number): number | undefined {
  if (attempt >= MAX_ATTEMPTS || FINAL.some((sign) => sign.test(message))) return undefined;
  return PASSING.some((sign) => sign.test(message))
    ? FIRST_DELAY_MS * 2 ** (attempt - 1)
    : undefined;
}

/**
 * Runs `work` until it succeeds, or its failure is final, or {@link MAX_ATTEMPTS} are used up.
 * @param work gets the number of the try, from 1: a cached layer must not answer for the second.
 * @param textOf the whole text of an error, the command's stderr included.
 * @param sleep waits that many ms.
 * @throws what the last try threw.
 */
export async function withRetry<T>(
  work: (attempt: number) => Promise<T>,
  textOf: (error: unknown) => string,
  sleep: (ms: number) => Promise<void> = (ms) => new Promise((wake) => setTimeout(wake, ms)),
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt);
    } catch (error) {
      const delay = retryDelay(textOf(error), attempt);
      if (delay === undefined) throw error;
      await sleep(delay);
    }
  }
}
