// Who calls: a person's JWT (from the web app) or a personal access token (MCP clients, scripts). The token's subject is
// the only source of the user id.
import type { Pool } from '@todo/runtime/database';
import { isUnavailable } from '@todo/runtime/database';
import { databaseClock } from '@todo/runtime/database-clock';
import { Problem } from '@todo/contracts/problem';
import { locale, storableText, zone } from '@todo/contracts/task';
import { errors, jwtVerify } from 'jose';
import type { JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { findAccessToken, isAccessToken } from './access-tokens.ts';
import type { Authenticate, Caller } from './caller.ts';

const ALGORITHMS = ['EdDSA', 'ES256', 'ES384', 'ES512', 'RS256', 'PS256'];
/** The signer's clock and the database's, by which a token ends, may differ by this, s. */
const CLOCK_TOLERANCE_S = 5;

const claims = z.object({
  sub: storableText(200).min(1),
  exp: z.number(),
  iat: z.number().optional().catch(undefined),
  email: z.string().nullish().catch(null),
  role: z.enum(['user', 'operator']).catch('user'),
  zone: zone.catch('UTC'),
  locale: locale.catch('en'),
});

/** Makes the check of tokens. */
export function authenticator(options: {
  keys: JWTVerifyGetKey;
  issuer: string;
  audience: string;
  pool: Pool;
}): Authenticate {
  return async (authorization) => {
    const token = /^Bearer +([^\s]+) *$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) throw unauthorized('Send a token: Authorization: Bearer <token>.');
    if (isAccessToken(token)) {
      const caller = await findAccessToken(options.pool, token);
      if (!caller)
        throw unauthorized(
          'This access token does not exist, was revoked or has expired. Create a new one.',
        );
      return caller;
    }
    return await verify(token, options);
  };
}

async function verify(
  token: string,
  options: Parameters<typeof authenticator>[0],
): Promise<Caller> {
  try {
    const clock = databaseClock(options.pool);
    await clock.known();
    const { payload } = await jwtVerify(token, options.keys, {
      currentDate: clock.now(),
      issuer: options.issuer,
      audience: options.audience,
      algorithms: ALGORITHMS,
      clockTolerance: CLOCK_TOLERANCE_S,
      requiredClaims: ['sub', 'exp'],
    });
    const known = claims.parse(payload);
    return {
      userId: known.sub,
      email: known.email ?? null,
      role: known.role,
      zone: known.zone,
      ...(known.iat === undefined ? {} : { zoneAsOf: new Date(known.iat * 1_000) }),
      locale: known.locale,
      scopes: ['tasks:read', 'tasks:write'],
      accessTokenId: null,
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

function unauthorized(detail: string): Problem {
  return new Problem(401, 'not-signed-in', detail, {
    headers: { 'www-authenticate': 'Bearer realm="todo"' },
  });
}
