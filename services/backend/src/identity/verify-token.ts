// Who calls: a person's JWT (from the web app) or a personal access token (MCP clients, scripts). The token's subject is
// the only source of the user id.
import type { Pool } from '@todo/runtime/database';
import { isUnavailable } from '@todo/runtime/database';
import { databaseClock } from '@todo/runtime/database-clock';
import { DISABLING_AUDIENCE, ERASURE_AUDIENCE } from '@todo/contracts/account';
import { Problem } from '@todo/contracts/problem';
import { locale, storableText, zone } from '@todo/contracts/task';
import { errors, jwtVerify } from 'jose';
import type { JWTPayload, JWTVerifyGetKey, JWTVerifyOptions } from 'jose';
import { z } from 'zod';
import { findAccessToken, isAccessToken } from './access-tokens.ts';
import type { Authenticate, Caller } from './caller.ts';
import type { Disabling } from './disabled-people.ts';
import type { EndedSessions } from './ended-sessions.ts';

const ALGORITHMS = ['EdDSA', 'ES256', 'ES384', 'ES512', 'RS256', 'PS256'];
/** The signer's clock and the database's, by which a token ends, may differ by this, s. */
const CLOCK_TOLERANCE_S = 5;

const claims = z.object({
  sub: storableText(200).min(1),
  exp: z.number(),
  iat: z.number().optional().catch(undefined),
  /** The session it was made for. A JWT without one (from the previous version, or a key of one's own) only ends by time. */
  sid: storableText(200).min(1).optional().catch(undefined),
  email: z.string().nullish().catch(null),
  role: z.enum(['user', 'operator']).catch('user'),
  zone: zone.catch('UTC'),
  locale: locale.catch('en'),
});

const endClaims = z.object({ sub: storableText(200).min(1), sid: storableText(200).min(1) });

const disablingClaims = z.object({
  sub: storableText(200).min(1),
  iat: z.number(),
  disabled: z.boolean(),
});
const erasureClaims = z.object({ sub: z.string().min(1) });
/** An order to erase is good for so long after it was made, whatever its own end says, s. */
const ORDER_AGE_S = 300;

/** Whose JWTs are trusted, and for whom they must be. */
export interface Trust {
  readonly keys: JWTVerifyGetKey;
  readonly issuer: string;
  readonly audience: string;
  readonly pool: Pool;
}

/** Makes the check of tokens. */
export function authenticator(options: Trust & { readonly sessions: EndedSessions }): Authenticate {
  return async (authorization) => {
    const token = bearerOf(authorization);
    if (isAccessToken(token)) {
      const caller = await findAccessToken(options.pool, token);
      if (!caller)
        throw unauthorized(
          'This access token does not exist, was revoked or has expired. Create a new one.',
        );
      return caller;
    }
    const caller = await verify(token, options);
    if (caller.sessionId !== null && (await options.sessions.has(caller.sessionId)))
      throw unauthorized('The session of this token has ended. Sign in again.');
    return caller;
  };
}

async function verify(token: string, options: Trust): Promise<Caller> {
  try {
    const payload = await payloadOf(token, options);
    const known = claims.parse(payload);
    return {
      userId: known.sub,
      email: known.email ?? null,
      role: known.role,
      zone: known.zone,
      ...(known.iat === undefined ? {} : { zoneAsOf: new Date(known.iat * 1_000) }),
      locale: known.locale,
      scopes: ['full'],
      listIds: null,
      accessTokenId: null,
      sessionId: known.sid ?? null,
      expiresAt: new Date(known.exp * 1_000),
    };
  } catch (error) {
    if (error instanceof Problem || isUnavailable(error)) throw error;
    if (error instanceof errors.JWTExpired)
      throw unauthorized('The token has expired. Get a new one.');
    if (error instanceof errors.JWTClaimValidationFailed)
      throw unauthorized(
        `The token is not for this service: the claim ${error.claim} is wrong. Get a token for this service.`,
      );
    throw unauthorized('The token is not valid. Get a new one.');
  }
}

/** The claims of a JWT that the web app signed for an audience. @throws what jose throws, or 503 */
async function payloadOf(
  token: string,
  trust: Trust,
  more: Pick<JWTVerifyOptions, 'maxTokenAge'> = {},
): Promise<JWTPayload> {
  const clock = databaseClock(trust.pool);
  await clock.known();
  const { payload } = await jwtVerify(token, trust.keys, {
    currentDate: clock.now(),
    issuer: trust.issuer,
    audience: trust.audience,
    algorithms: ALGORITHMS,
    clockTolerance: CLOCK_TOLERANCE_S,
    requiredClaims: ['sub', 'exp'],
    ...more,
  });
  return payload;
}

/**
 * Reads the web app's note that a session has ended: a JWT for the audience `<audience>-sessions`, which no request of the API
 * accepts, so that only the web app can end a session here.
 * @throws Problem 401 or 503
 */
export async function endedSessionOf(
  authorization: string | undefined,
  trust: Trust,
): Promise<{ userId: string; sessionId: string }> {
  const token = bearerOf(authorization);
  try {
    const audience = `${trust.audience}-sessions`;
    const { sub, sid } = endClaims.parse(await payloadOf(token, { ...trust, audience }));
    return { userId: sub, sessionId: sid };
  } catch (error) {
    if (error instanceof Problem || isUnavailable(error)) throw error;
    throw unauthorized('Only the web app may say that a session has ended.');
  }
}

/**
 * Reads the web app's order to erase a person: a JWT for an audience of its own, too.
 * @throws Problem 401 or 503
 */
export async function erasedPersonOf(
  authorization: string | undefined,
  trust: Trust,
): Promise<string> {
  try {
    const order = { ...trust, audience: ERASURE_AUDIENCE };
    const payload = await payloadOf(bearerOf(authorization), order, { maxTokenAge: ORDER_AGE_S });
    return erasureClaims.parse(payload).sub;
  } catch (error) {
    const answered = error instanceof Problem && error.status !== 401; // the keys can't be had now
    if (answered || isUnavailable(error)) throw error;
    throw unauthorized(
      'This needs a token of the web app that orders the erasure. Delete the account on its page instead.',
    );
  }
}

/**
 * Reads the web app's note that an account was disabled, or enabled again: a JWT for an audience of its own.
 * @throws Problem 401 or 503
 */
export async function disablingOf(
  authorization: string | undefined,
  trust: Trust,
): Promise<Disabling> {
  try {
    const note = { ...trust, audience: DISABLING_AUDIENCE };
    const payload = await payloadOf(bearerOf(authorization), note, { maxTokenAge: ORDER_AGE_S });
    const { sub, disabled, iat } = disablingClaims.parse(payload);
    return { userId: sub, disabled, asOf: new Date(iat * 1_000) };
  } catch (error) {
    const answered = error instanceof Problem && error.status !== 401;
    if (answered || isUnavailable(error)) throw error;
    throw unauthorized('Only the web app may disable an account.');
  }
}

function bearerOf(authorization: string | undefined): string {
  const token = /^Bearer +([^\s]+) *$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) throw unauthorized('Send a token: Authorization: Bearer <token>.');
  return token;
}

function unauthorized(detail: string): Problem {
  return new Problem(401, 'not-signed-in', detail, {
    headers: { 'www-authenticate': 'Bearer realm="todo"' },
  });
}
