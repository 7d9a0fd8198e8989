// The hook that every route for people goes through, and the one for operators.
import { Problem } from '@todo/common/problem';
import type { FastifyRequest } from 'fastify';
import type { Caller, VerifyToken } from './verify-token.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by {@link authenticate}. */
    caller?: Caller;
  }
}

/** Makes the hook that puts the caller on the request. @throws Problem 401 */
export function authenticate(verify: VerifyToken): (request: FastifyRequest) => Promise<void> {
  return async (request) => {
    const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (!token) {
      throw new Problem(
        401,
        'not-signed-in',
        'A bearer token is needed: Authorization: Bearer <token>.',
        {
          headers: { 'www-authenticate': 'Bearer' },
        },
      );
    }
    request.caller = await verify(token);
  };
}

/** The caller of a request that went through {@link authenticate}. */
export function callerOf(request: FastifyRequest): Caller {
  if (!request.caller) throw new Error('this route was registered without authentication');
  return request.caller;
}

/** Lets operators pass. @throws Problem 403 */
// eslint-disable-next-line @typescript-eslint/require-await -- fastify takes a hook without callback only when it is async
export async function requireOperator(request: FastifyRequest): Promise<void> {
  if (callerOf(request).role !== 'operator') {
    throw new Problem(403, 'operators-only', 'Only operators may do this.');
  }
}
