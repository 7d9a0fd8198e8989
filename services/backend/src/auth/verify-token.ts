// Who is calling: a JWT signed by one of the trusted issuers' keys. The token's subject is the only source of a user id.
// Keys come from several places (the web app; a development key's file); one being away must not lock out the others, and a
// key that was rotated in is found without a restart.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { locale as localeSchema, zone as zoneSchema } from '@todo/common/task';
import { Problem, unavailable } from '@todo/common/problem';
import { createLocalJWKSet, createRemoteJWKSet, errors, jwtVerify } from 'jose';
import type { JSONWebKeySet, JWTVerifyGetKey } from 'jose';
import { z } from 'zod';

/** Signature algorithms accepted: asymmetric only, so that a public key can't sign. */
const ALGORITHMS = ['EdDSA', 'ES256', 'RS256'];
/** Clocks of two machines may differ by this much, seconds. */
const CLOCK_TOLERANCE_S = 5;

/** The caller. */
export interface Caller {
  readonly userId: string;
  readonly email: string | null;
  readonly role: 'user' | 'operator';
  /** IANA zone. */
  readonly zone: string;
  readonly locale: string;
}

const claims = z.object({
  sub: z.string().min(1).max(200),
  email: z.string().nullish(),
  role: z.enum(['user', 'operator']).catch('user'),
  zone: zoneSchema.catch('UTC'),
  locale: localeSchema.catch('en'),
});

/** Checks a bearer token. @throws Problem 401, or 503 when no key source could be asked */
export type VerifyToken = (token: string) => Promise<Caller>;

/**
 * Makes the check.
 * @param options `jwksUrls`: `http(s):` or `file:` URLs of JSON Web Key Sets.
 */
export function createTokenVerifier(options: {
  issuer: string;
  audience: string;
  jwksUrls: readonly string[];
}): VerifyToken {
  const sources = options.jwksUrls.map((url) =>
    url.startsWith('file:')
      ? keysOfFile(fileURLToPath(url))
      : createRemoteJWKSet(new URL(url), { cooldownDuration: 1_000, timeoutDuration: 3_000 }),
  );
  return async (token) => {
    let away: unknown;
    for (const keys of sources) {
      try {
        const { payload } = await jwtVerify(token, keys, {
          issuer: options.issuer,
          audience: options.audience,
          algorithms: ALGORITHMS,
          clockTolerance: CLOCK_TOLERANCE_S,
          requiredClaims: ['sub', 'exp'],
        });
        const { sub, email, role, zone, locale } = claims.parse(payload);
        return { userId: sub, email: email ?? null, role, zone, locale };
      } catch (error) {
        if (error instanceof errors.JWKSNoMatchingKey) continue;
        if (isTokenError(error)) throw notSignedIn(error);
        away = error;
      }
    }
    if (away !== undefined)
      throw unavailable('The keys that sign tokens can not be read now.', away);
    throw notSignedIn();
  };
}

/** Errors that are the token's fault, not the key source's. */
function isTokenError(error: unknown): boolean {
  return (
    error instanceof z.ZodError ||
    (error instanceof errors.JOSEError &&
      !(
        error instanceof errors.JWKSTimeout ||
        error instanceof errors.JWKSInvalid ||
        error.code === 'ERR_JOSE_GENERIC'
      ))
  );
}

function notSignedIn(cause?: unknown): Problem {
  const expired = cause instanceof errors.JWTExpired;
  return new Problem(
    401,
    expired ? 'token-expired' : 'not-signed-in',
    expired ? 'The token has expired: sign in again.' : 'A valid bearer token is needed.',
    {
      headers: { 'www-authenticate': expired ? 'Bearer error="invalid_token"' : 'Bearer' },
      cause,
    },
  );
}

/** Keys of a file, read again when a token names a key that the last reading did not have. */
function keysOfFile(path: string): JWTVerifyGetKey {
  let known: JWTVerifyGetKey | undefined;
  const read = async (): Promise<JWTVerifyGetKey> => {
    known = createLocalJWKSet(JSON.parse(await readFile(path, 'utf8')) as JSONWebKeySet);
    return known;
  };
  return async (header, token) => {
    if (known) {
      try {
        return await known(header, token);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      }
    }
    return await (
      await read()
    )(header, token);
  };
}
