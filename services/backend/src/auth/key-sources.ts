// Public keys from several places at once: the web app's JWKS and, on a laptop, a file. A new key is found without a
// restart, and a place that is down matters only to tokens that nobody else's key fits.
import { readFile, stat } from 'node:fs/promises';
import { unavailable } from '@todo/common/problem';
import { createLocalJWKSet, createRemoteJWKSet, errors } from 'jose';
import type { JSONWebKeySet, JWTVerifyGetKey } from 'jose';

/** An unknown key makes us read a source again, but not more often than this, ms. */
const REREAD_MS = 2_000;
/** A source that does not answer within this time counts as down, ms. */
const TIMEOUT_MS = 3_000;
/** Keys are read again after this time even when all fit, ms: so a withdrawn key ends. */
const MAX_AGE_MS = 10 * 60_000;

/**
 * Makes a key finder for jose's `jwtVerify`.
 * @param urls `http:`, `https:` or `file:` URLs of JWKS documents; all are asked, the first with the key wins.
 * @throws from the finder: JWKSNoMatchingKey when every source lacks the key, Problem 503 when one could not be asked.
 */
export function keySources(urls: readonly string[]): JWTVerifyGetKey {
  const sources = urls.map((url) =>
    url.startsWith('file:')
      ? fileSource(new URL(url))
      : createRemoteJWKSet(new URL(url), {
          cooldownDuration: REREAD_MS,
          timeoutDuration: TIMEOUT_MS,
          cacheMaxAge: MAX_AGE_MS,
        }),
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
      throw unavailable('The keys that prove who you are can not be read now. Try again.', down);
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
    if (Date.now() - read.at > MAX_AGE_MS) await refresh();
    try {
      return await read.keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || Date.now() - read.at < REREAD_MS)
        throw error;
      await refresh();
      return await read.keys(header, token);
    }
  };
}
