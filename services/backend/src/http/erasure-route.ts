// Where the web app, which owns accounts, has everything of a person erased.
import { ERASURE_AUDIENCE, ERASURE_PATH } from '@todo/contracts/account';
import { Problem } from '@todo/contracts/problem';
import type { Pool } from '@todo/runtime/database';
import { databaseClock } from '@todo/runtime/database-clock';
import type { FastifyInstance } from 'fastify';
import { errors, jwtVerify } from 'jose';
import type { JWTVerifyGetKey } from 'jose';
import { erasePerson } from '../identity/erase-person.ts';
import type { Erasing } from '../identity/erase-person.ts';

/** An order is good for so long, whatever its own end says, s. */
const MAX_AGE_S = 300;

/** Registers `POST /internal/erasure`: 204 once everything of the token's subject is gone here and the others are told. */
export function registerErasureRoute(
  app: FastifyInstance,
  options: Erasing & {
    auth: { keys: JWTVerifyGetKey; issuer: string };
    /** Called once their tokens are gone. */
    onAccessEnded: (userId: string) => void;
  },
): void {
  const route = { config: { action: 'accounts.erase' as const }, schema: { hide: true } };
  app.post(ERASURE_PATH, route, async (request, reply) => {
    const userId = await personOf(request.headers.authorization, options);
    await erasePerson(options, userId);
    options.onAccessEnded(userId);
    return await reply.status(204).send();
  });
}

async function personOf(
  authorization: string | undefined,
  { auth, pool }: { auth: { keys: JWTVerifyGetKey; issuer: string }; pool: Pool },
): Promise<string> {
  const clock = databaseClock(pool);
  await clock.known();
  try {
    const { payload } = await jwtVerify(
      /^Bearer +([^\s]+) *$/i.exec(authorization ?? '')?.[1] ?? '',
      auth.keys,
      {
        currentDate: clock.now(),
        issuer: auth.issuer,
        audience: ERASURE_AUDIENCE,
        maxTokenAge: MAX_AGE_S,
        clockTolerance: 5,
        requiredClaims: ['sub', 'exp', 'iat'],
      },
    );
    if (payload.sub) return payload.sub;
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error;
  }
  throw new Problem(
    401,
    'not-signed-in',
    'This needs a token of the web app that orders the erasure. Delete the account on its page instead.',
    { headers: { 'www-authenticate': 'Bearer realm="todo"' } },
  );
}
