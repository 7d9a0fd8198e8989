// The fastify instance that every service starts from: traced requests, problem+json errors, and the few defaults of
// fastify that bite clients set right. Routes are registered by each service, by hand, in one list.
import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import { fastify, LogController } from 'fastify';
import type {
  FastifyBaseLogger,
  FastifyError,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
} from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { hostCheck, originCheck } from './allowed-hosts.ts';
import type { HeadCheck } from './allowed-hosts.ts';
import { trust } from './client-address.ts';
import type { TrustedProxies } from './client-address.ts';
import { isBadData, isUnavailable } from './database.ts';
import { keepEarlyAnswers, refuseMalformed } from './lingering-close.ts';
import type { Logger } from './log.ts';
import { measured } from './measurements.ts';
import {
  fieldErrors,
  invalidInput,
  Problem,
  problemBody,
  unavailable,
} from '@todo/contracts/problem';
import { SECURITY_HEADERS } from './security-headers.ts';
import { SidecarError } from './sidecar.ts';
import { endRequestSpan, traceRequest } from './request-span.ts';
import { continueTrace, currentTrace, enterTrace } from './trace.ts';

/** Largest request body, bytes: room for an import, and for a far too long title to be refused by its name. */
const BODY_LIMIT = 2 * 1024 * 1024;

/** A fastify instance whose route schemas are zod. */
export type Server = FastifyInstance<
  HttpServer,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** What a server is made of. */
export interface ServerOptions {
  readonly log: Logger;
  /** Hosts it answers for, besides loopback and its own address; see `allowed-hosts.ts`. */
  readonly hosts?: readonly string[];
  /** Origins of pages that may call, besides its own hosts. */
  readonly origins?: readonly string[];
  /** Whose X-Forwarded-For counts; see `client-address.ts`. */
  readonly trustedProxies?: TrustedProxies;
}

/** One answered request. */
export interface Answered {
  readonly method: string;
  /** The route's pattern, `(no route)` for a path without one. */
  readonly route: string;
  readonly status: number;
  /** From the request to the end of the answer. */
  readonly ms: number;
}

const observers = new WeakMap<object, Set<(answered: Answered) => void>>();

/** Tells of each answered request of a server. @returns stops it */
export function onAnswered(app: Server, observe: (answered: Answered) => void): () => void {
  const known = observers.get(app.server) ?? new Set();
  observers.set(app.server, known.add(observe));
  return () => known.delete(observe);
}

/** Makes a server without listening, so that tests inject requests. */
export function createServer(options: ServerOptions): Server {
  const checkHost = hostCheck(options.hosts ?? []);
  const checkOrigin = originCheck(options.origins ?? []);
  const refusal: HeadCheck = (request) => checkHost(request) ?? checkOrigin(request);
  const app: Server = fastify<HttpServer, IncomingMessage, ServerResponse>({
    loggerInstance: options.log,
    bodyLimit: BODY_LIMIT,
    trustProxy: trust(options.trustedProxies ?? 0),
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: 'idle',
    clientErrorHandler: refuseMalformed,
    return503OnClosing: false, // while draining we still answer: the endpoint may be in rotation for some seconds
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    // what the router refuses before any route: a path that can't be decoded, a parameter that is too long
    frameworkErrors: (error, request, reply) => {
      enterTrace(continueTrace(undefined));
      sendError(refusal(request.raw) ?? error, request, reply);
    },
  }).withTypeProvider<ZodTypeProvider>();
  keepEarlyAnswers(app.server);
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);

  app.addHook('onRequest', (request, reply, done) => {
    const header = request.headers['traceparent'];
    enterTrace(traceRequest(request, typeof header === 'string' ? header : undefined));
    void reply.headers(SECURITY_HEADERS); // a route may say otherwise
    done(refusal(request.raw));
  });
  app.addHook('onSend', (_request, reply, payload, done) => {
    // fastify's way out of a body that it has not read is to end the connection. We read it, so the connection may go on, unless
    // this server is about to end. Taking the header away would leave Node's own `close` out too: the client would send its next
    // request into a connection that ends.
    if (reply.hasHeader('connection'))
      void reply.header('connection', reply.raw.shouldKeepAlive ? 'keep-alive' : 'close');
    done(null, payload);
  });
  app.addHook('onResponse', (request, reply, done) => {
    const answered: Answered = {
      method: request.method,
      route: request.routeOptions.url ?? '(no route)',
      status: reply.statusCode,
      ms: reply.elapsedTime,
    };
    request.log.debug({ ...answered, ms: Math.round(answered.ms) }, 'request');
    measured('http.answered', answered);
    for (const observe of observers.get(app.server) ?? []) observe(answered);
    endRequestSpan(request, answered.status);
    done();
  });

  // Many clients set the JSON header on every call, also where there is no body.
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body !== '') return parseJson(request, body as string, done);
    done(null, undefined);
  });

  app.setErrorHandler((error: FastifyError, request, reply) => sendError(error, request, reply));
  app.setNotFoundHandler((request, reply) =>
    sendProblem(
      new Problem(
        404,
        'no-such-route',
        `There is no ${request.method} ${request.url.split('?')[0] ?? ''}. Check the method and the path.`,
      ),
      reply,
    ),
  );
  return app;
}

function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = toProblem(error);
  if (problem.status >= 500) {
    request.log[problem.status === 503 ? 'warn' : 'error'](
      { err: problem.cause ?? error, method: request.method, route: request.routeOptions.url },
      'request failed',
    );
  }
  return sendProblem(problem, reply);
}

function sendProblem(problem: Problem, reply: FastifyReply): FastifyReply {
  return reply
    .status(problem.status)
    .headers({ ...SECURITY_HEADERS, ...problem.headers })
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send(problemBody(problem, currentTrace()?.traceId));
}

/** Turns any error into what a caller may see; an unexpected one tells nothing but the trace id. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof z.core.$ZodError) return invalidInput(fieldErrors(error));
  if (isUnavailable(error))
    return unavailable('The database is not reachable. Try again in a moment.', error);
  if (isBadData(error))
    return new Problem(
      400,
      'invalid-input',
      'The database cannot store one of the values. Check for unusual characters and sizes.',
      {
        cause: error,
      },
    );
  if (error instanceof SidecarError)
    return unavailable('Another service is not reachable. Try again in a moment.', error);
  const known = error as Partial<FastifyError>;
  if (known.validation) {
    const where = known.validationContext === 'body' ? '' : `${known.validationContext ?? ''}.`;
    return invalidInput(
      known.validation.map((issue) => {
        const path = issue.instancePath.replace(/^\//, '').replaceAll('/', '.');
        const unknownKey = (issue.params as { keys?: string[] }).keys?.[0];
        const field = [path, unknownKey].filter(Boolean).join('.');
        return {
          field: `${where}${field}` || '(body)',
          message: unknownKey ? 'unknown field' : (issue.message ?? 'not valid'),
        };
      }),
    );
  }
  switch (known.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new Problem(
        413,
        'too-large',
        `The body is larger than ${BODY_LIMIT} bytes. Send less at a time.`,
      );
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new Problem(
        414,
        'too-long',
        'A path segment is longer than 100 characters. Check the path.',
      );
    case 'FST_ERR_BAD_URL':
      return new Problem(400, 'bad-request', 'The path is not valid. Check its % escapes.');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new Problem(415, 'unsupported-content-type', 'Send the body as application/json.');
    default:
  }
  if (known.statusCode !== undefined && known.statusCode >= 400 && known.statusCode < 500) {
    const json = known instanceof SyntaxError || known.code?.startsWith('FST_ERR_CTP');
    return json
      ? invalidInput([{ field: '(body)', message: `not valid JSON: ${known.message ?? ''}` }])
      : new Problem(known.statusCode, 'bad-request', known.message ?? 'The request is not valid.');
  }
  return new Problem(
    500,
    'internal',
    'Internal error. Try again; if it persists, report the trace id.',
    { cause: error },
  );
}
