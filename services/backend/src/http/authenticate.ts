// Asks every request, by the action that its route declares, whether the caller may do it. A route without an action is refused
// when the application is built.
import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import { requireSidecar } from '@todo/runtime/sidecar-token';
import { requireAllowed, requireService } from '../authorization/decide.ts';
import { askedBy } from '../authorization/rules.ts';
import type { Action } from '../authorization/rules.ts';
import type { TaskContext } from '../tasks/task-context.ts';
import type { Authenticate, Caller } from '../identity/caller.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the route does, as the table of rules calls it. */
    action?: Action;
    /** How the route knows its caller, where that is not by a bearer token. */
    authenticate?: Authenticate;
  }
}

const callers = new WeakMap<object, Caller>();

/**
 * Holds every route that is registered after it, in this scope and below, against the table of rules.
 * @param options `appApiToken`: what the sidecar shows
 * @throws Error from `ready` for a route without an action
 */
export function authorizeRoutes(
  app: FastifyInstance,
  options: { authenticate: Authenticate; appApiToken: string },
): void {
  const requireToken = requireSidecar(options.appApiToken);
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => {
    routes.push(route);
  });
  // only now, because a scope may declare an action for the routes of another module
  app.addHook('onReady', (done) => {
    routes.forEach(requireAction);
    done();
  });
  app.addHook('onRequest', async (request) => {
    const { action, authenticate = options.authenticate } = request.routeOptions.config;
    // no route: answered with 404; OPTIONS asks about other requests
    if (action === undefined || request.method === 'OPTIONS') return;
    switch (askedBy(action)) {
      case 'anybody':
      case 'web': // the route reads the web app's note itself
      case 'feed': // the route reads the address itself
        return;
      case 'sidecar':
        await requireToken(request);
        requireService(request.headers['dapr-caller-app-id'], action);
        return;
      case 'person': {
        const caller = await authenticate(request.headers.authorization);
        requireAllowed(caller, action);
        callers.set(request, caller);
      }
    }
  });
}

/** Declares the actions of routes that another module registers in a scope; they are not for people, so not described to them. */
export function declareActions(scope: FastifyInstance, actionOf: (url: string) => Action): void {
  scope.addHook('onRoute', (route) => {
    route.config = { ...route.config, action: actionOf(route.url) };
    route.schema = { ...route.schema, hide: true };
  });
}

function requireAction({ method, url, config }: RouteOptions): void {
  // a preflight asks about another request (CORS)
  if (config?.action === undefined && [method].flat().join() !== 'OPTIONS')
    throw new Error(`the route ${[method].flat().join()} ${url} declares no action`);
}

/** The caller of a request, undefined where nobody has shown a token. */
export function knownCaller(request: FastifyRequest): Caller | undefined {
  return callers.get(request);
}

/** The caller of a request whose action asks for a person. */
export function callerOf(request: FastifyRequest): Caller {
  const caller = callers.get(request);
  if (!caller) throw new Error('the route asks for no person');
  return caller;
}

/** The context of a person's own request. */
export function contextOf(request: FastifyRequest): TaskContext {
  const { userId, zone, zoneAsOf, locale, listIds } = callerOf(request);
  return { userId, actor: { kind: 'user', id: userId }, zone, zoneAsOf, locale, listIds };
}
