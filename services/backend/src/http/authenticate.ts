// Puts the caller on each request of the API, and says what a route asks of a caller.
import { Problem } from '@todo/contracts/problem';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { TaskContext } from '../tasks/task-context.ts';
import type { Authenticate, Caller } from '../identity/caller.ts';

const callers = new WeakMap<object, Caller>();

/** Asks every request of this scope for a token; reading asks for scope tasks:read, all else for tasks:write. */
export function requireCaller(app: FastifyInstance, authenticate: Authenticate): void {
  app.addHook('onRequest', async (request) => {
    const caller = await authenticate(request.headers.authorization);
    const needed = ['GET', 'HEAD'].includes(request.method) ? 'tasks:read' : 'tasks:write';
    if (!caller.scopes.includes(needed))
      throw new Problem(
        403,
        'scope-missing',
        `This access token lacks the scope ${needed}. Create a token that has it.`,
      );
    rememberCaller(request, caller);
  });
}

/** Puts a caller on a request, for a scope with a check of its own. */
export function rememberCaller(request: FastifyRequest, caller: Caller): void {
  callers.set(request, caller);
}

/** The caller of a request, undefined where nobody has shown a token. */
export function knownCaller(request: FastifyRequest): Caller | undefined {
  return callers.get(request);
}

/** The caller of a request inside a scope of {@link requireCaller}. */
export function callerOf(request: FastifyRequest): Caller {
  const caller = callers.get(request);
  if (!caller) throw new Error('the route is outside the authenticated scope');
  return caller;
}

/** The context of a person's own request. */
export function contextOf(request: FastifyRequest): TaskContext {
  const { userId, zone, zoneAsOf, locale } = callerOf(request);
  return { userId, actor: { kind: 'user', id: userId }, zone, zoneAsOf, locale };
}

/** A hook for what no personal access token may do. */
export function requirePerson(request: FastifyRequest): void {
  if (callerOf(request).accessTokenId !== null)
    throw new Problem(403, 'sign-in-needed', 'Access tokens may not do this. Sign in instead.');
}

/** A hook for operators. */
export function requireOperator(request: FastifyRequest): void {
  if (callerOf(request).role !== 'operator')
    throw new Problem(
      403,
      'operator-only',
      'Only operators may do this: it needs the role operator.',
    );
}
