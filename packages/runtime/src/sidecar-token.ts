// Routes for the sidecar are open to the sidecar only: it shows a token that both got from the same Secret.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { Problem } from '@todo/contracts/problem';

/**
 * Makes a fastify onRequest hook that refuses calls without the right `dapr-api-token` header.
 * @param token what the sidecar must show.
 */
export function requireSidecar(token: string): (request: FastifyRequest) => Promise<void> {
  const expected = digest(token);
  // eslint-disable-next-line @typescript-eslint/require-await -- fastify takes a hook without callback only when it is async
  return async (request) => {
    const shown = request.headers['dapr-api-token'];
    if (typeof shown !== 'string' || !timingSafeEqual(digest(shown), expected)) {
      throw new Problem(
        401,
        'sidecar-only',
        'Only the Dapr sidecar may call this route: the header dapr-api-token is missing or wrong.',
      );
    }
  };
}

/**
 * Makes a hook that lets only one app call (by service invocation), after {@link requireSidecar}.
 * @param appId the caller's Dapr app id.
 */
export function requireCaller(appId: string): (request: FastifyRequest) => Promise<void> {
  // eslint-disable-next-line @typescript-eslint/require-await -- see above
  return async (request) => {
    if (request.headers['dapr-caller-app-id'] !== appId) {
      throw new Problem(403, 'caller-not-allowed', `Only ${appId} may call this route.`);
    }
  };
}

/**
 * A hook for deliveries, after {@link requireSidecar}: refuses what another app sent by service invocation, which would be an
 * event that nobody published.
 */
// eslint-disable-next-line @typescript-eslint/require-await -- see above
export async function requireDelivery(request: FastifyRequest): Promise<void> {
  if (request.headers['dapr-caller-app-id'] !== undefined)
    throw new Problem(403, 'caller-not-allowed', 'Only the sidecar itself may deliver events.');
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
