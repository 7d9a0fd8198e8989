// `/dav/` over HTTP: who asks, and the request and its answer as the protocol takes them. Programs that keep a calendar know
// Basic only (RFC 7617): the password is a personal access token, the user name says nothing. No cookie counts here.
import { Readable } from 'node:stream';
import { Problem } from '@todo/contracts/problem';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Calendars } from '../calendars/calendars.ts';
import { answerDav, DAV_METHODS, optionsAnswer } from '../dav/dav.ts';
import type { DavAnswer } from '../dav/answer.ts';
import { davContext } from '../dav/context.ts';
import { ROOT } from '../dav/paths.ts';
import { isAccessToken } from '../identity/access-tokens.ts';
import type { Authenticate } from '../identity/caller.ts';
import { callerOf, contextOf } from './authenticate.ts';

const CHALLENGE = { 'www-authenticate': 'Basic realm="Todo", charset="UTF-8"' };

/** Registers the address that leads programs here (RFC 6764 5). */
export function registerWellKnown(app: FastifyInstance): void {
  addMethods(app);
  for (const url of ['/.well-known/caldav', '/dav'])
    app.route({
      method: ['GET', 'OPTIONS', 'PROPFIND'],
      url,
      exposeHeadRoute: false,
      config: { cors: false, action: 'service.open' },
      schema: { hide: true },
      handler: (_request, reply) => reply.redirect(ROOT, 301),
    });
}

/** Registers `/dav/`; a plugin, so that its body parser stays its own. */
export async function registerDavRoutes(
  app: FastifyInstance,
  options: { authenticate: Authenticate; calendars: Calendars },
): Promise<void> {
  const { authenticate, calendars } = options;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });
  app.route({
    method: 'OPTIONS',
    url: '/dav/*',
    config: { cors: false, action: 'service.open' },
    schema: { hide: true },
    handler: (_request, reply) => send(reply, optionsAnswer()),
  });
  app.route({
    method: ['GET', 'HEAD', 'PUT', 'DELETE', ...DAV_METHODS],
    url: '/dav/*',
    exposeHeadRoute: false,
    config: { cors: false, action: 'caldav.use', authenticate: byBasic(authenticate) },
    schema: { hide: true },
    handler: async (request, reply) => send(reply, await answer(request, calendars)),
  });
  await Promise.resolve();
}

/** The check of tokens, for a Basic header whose password is one; what it refuses asks for Basic again. */
function byBasic(authenticate: Authenticate): Authenticate {
  return async (header) => {
    try {
      return await authenticate(bearerOf(header));
    } catch (error) {
      if (error instanceof Problem && error.status === 401) throw unauthorized(error.message);
      throw error;
    }
  };
}

function addMethods(app: FastifyInstance): void {
  for (const method of DAV_METHODS)
    if (!app.supportedMethods.includes(method)) app.addHttpMethod(method, { hasBody: true });
}

/** The header that the check of tokens takes, for a Basic one whose password is a token. @throws Problem 401 */
function bearerOf(header: string | undefined): string {
  const [, encoded] = /^Basic +([A-Za-z0-9+/=_-]+) *$/i.exec(header ?? '') ?? [];
  if (encoded === undefined)
    throw unauthorized('Sign in with your e-mail address and an access token as the password.');
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  const password = pair.slice(pair.indexOf(':') + 1).trim();
  if (!pair.includes(':') || !isAccessToken(password))
    throw unauthorized(
      'The password must be an access token. Create one in the settings; the password of your account does not work here.',
    );
  return `Bearer ${password}`;
}

function unauthorized(detail: string): Problem {
  return new Problem(401, 'not-signed-in', detail, { headers: CHALLENGE });
}

async function answer(request: FastifyRequest, calendars: Calendars): Promise<DavAnswer> {
  const context = davContext({
    calendars,
    person: contextOf(request),
    email: callerOf(request).email,
    minimal: /(?:^|,)\s*return=minimal\b/i.test(String(request.headers['prefer'] ?? '')),
  });
  return await answerDav(context, {
    method: request.method,
    path: request.raw.url ?? '',
    header: (name) => {
      const value = request.headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
    body: textOf(request.body),
  });
}

/** RFC 4791 and what programs send: UTF-8. @throws Problem 415 for bytes that are not */
function textOf(body: unknown): string {
  if (!Buffer.isBuffer(body)) return '';
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (error) {
    throw new Problem(415, 'not-utf-8', 'The body is not UTF-8. Send it in UTF-8.', {
      cause: error,
    });
  }
}

function send(reply: FastifyReply, { status, headers = {}, body }: DavAnswer): FastifyReply {
  void reply.status(status).headers({ dav: '1, 3, access-control, calendar-access', ...headers });
  if (body === undefined) return reply.send();
  return reply.send(typeof body === 'string' ? body : Readable.from(body));
}
