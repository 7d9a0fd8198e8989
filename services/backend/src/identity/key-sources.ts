// Public keys from several places at once: the web app's JWKS and, on a laptop, a file. A new key is found without a
// restart, and a place that is down matters only to tokens whose key was never seen: keys that were read before stay good.
import { readFile, stat } from 'node:fs/promises';
import { unavailable } from '@todo/contracts/problem';
import { createLocalJWKSet, createRemoteJWKSet, customFetch, errors } from 'jose';
import type { JSONWebKeySet, JWTVerifyGetKey } from 'jose';

/** An unknown key makes us read a source again, but not more often than this, ms. */
const REREAD_MS = 2_000;
/** A source that does not answer within this time counts as down, ms. */
const TIMEOUT_MS = 3_000;
/** Keys are read again after this time even when all fit, ms: so a withdrawn key ends. */
const MAX_AGE_MS = 10 * 60_000;
/** While a source is down its keys of before are used, but not longer than this, ms. */
const KEEP_WHILE_DOWN_MS = 24 * 60 * 60_000;

/**
 * Makes a key finder for jose's `jwtVerify`.
 * @param urls `http:`, `https:` or `file:` URLs of JWKS documents; all are asked, the first with the key wins.
 * @throws from the finder: JWKSNoMatchingKey when every source lacks the key, Problem 503 when one could not be asked.
 */
export function keySources(urls: readonly string[]): JWTVerifyGetKey {
  const sources = urls.map((url) =>
    url.startsWith('file:') ? fileSource(new URL(url)) : remoteSource(new URL(url)),
  );
  return async (header, token) => {
    try {
      return await Promise.any(sources.map(async (source) => await source(header, token)));
    } catch (error) {
      const reasons: unknown[] = error instanceof AggregateError ? error.errors : [error];
      const down = reasons.find((reason) => !(reason instanceof errors.JWKSNoMatchingKey));
      if (down === undefined) throw new errors.JWKSNoMatchingKey();
      if (
        down instanceof errors.JWKSMultipleMatchingKeys ||
        down instanceof errors.JOSENotSupported
      )
        throw down;
      throw unavailable(
        'The keys for checking tokens could not be read. Try again in a moment.',
        down,
      );
    }
  };
}

function remoteSource(url: URL): JWTVerifyGetKey {
  let readAt = 0;
  let askAgainAt = 0;
  const remote = createRemoteJWKSet(url, {
    cooldownDuration: REREAD_MS,
    timeoutDuration: TIMEOUT_MS,
    cacheMaxAge: MAX_AGE_MS,
    [customFetch]: async (address, options) => {
      const answer = await fetch(address, options);
      if (answer.ok) readAt = Date.now();
      return answer;
    },
  });
  return async (header, token) => {
    const known = remote.jwks();
    const kept = known && Date.now() - readAt < KEEP_WHILE_DOWN_MS ? known : undefined;
    const fromBefore = async () => await createLocalJWKSet(kept ?? { keys: [] })(header, token);
    // one request in a while waits for a source that is down, not each of them
    if (kept && Date.now() < askAgainAt) {
      try {
        return await fromBefore();
      } catch {
        // perhaps a new key: ask
      }
    }
    try {
      const key = await remote(header, token);
      askAgainAt = 0;
      return key;
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) throw error;
      askAgainAt = Date.now() + REREAD_MS;
      try {
        return await fromBefore();
      } catch {
        throw error; // not among them: whether it is a new key can't be told now
      }
    }
  };
}

function fileSource(url: URL): JWTVerifyGetKey {
  let read = { at: 0, mtimeMs: 0, keys: createLocalJWKSet({ keys: [] }) };
  const refresh = async (): Promise<void> => {
    const { mtimeMs } = await stat(url);
    const keys =
      mtimeMs === read.mtimeMs
        ? read.keys
        : createLocalJWKSet(JSON.parse(await readFile(url, 'utf8')) as JSONWebKeySet);
    read = { at: Date.now(), mtimeMs, keys };
  };
  return async (header, token) => {
    if (since(read.at) > MAX_AGE_MS) await refresh();
    try {
      return await read.keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || since(read.at) < REREAD_MS) throw error;
      await refresh();
      return await read.keys(header, token);
    }
  };
}

/** Time since `at`, ms; Infinity when the machine's clock was set back meanwhile. */
function since(at: number): number {
  const ms = Date.now() - at;
  return ms < 0 ? Infinity : ms;
}
