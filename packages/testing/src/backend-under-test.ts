// A whole backend on a database of its own, with real tokens; only the sidecar is an object in this process that records
// what is published and answers as the other services would (the event-flow suite runs the real one).
import { createPool } from '@todo/runtime/database';
import type { Pool } from '@todo/runtime/database';
import { createLogger } from '@todo/runtime/log';
import { migrate } from '@todo/runtime/migrate';
import { SidecarError } from '@todo/runtime/sidecar';
import type { OutgoingEvent, Sidecar } from '@todo/runtime/sidecar';
import { createTestDatabase } from './test-database-client.ts';
import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { Task } from '@todo/contracts/task';
import { buildBackend } from '@todo/backend/app';
import type { Backend, BackendOptions } from '@todo/backend/app';
import { backendMigrations, SCHEMA } from '@todo/backend/schema';

export const APP_API_TOKEN = 'sidecar-token-for-tests';
const ISSUER = 'http://localhost:3000';

/** Every field that some answer has; a test names those it expects. */
export interface AnswerBody extends Task {
  readonly items: AnswerBody[];
  readonly nextCursor: string | null;
  readonly errors: [{ field: string; message: string }];
  readonly detail: string;
  readonly results: unknown[];
  readonly token: string;
  readonly services: unknown[];
  readonly unreachable: string[];
}

/** A backend for tests, and how to ask it. */
export interface TestBackend {
  readonly backend: Backend;
  readonly pool: Pool;
  readonly url: string;
  /** What was published, in order. */
  readonly published: { topic: string; event: OutgoingEvent }[];
  /** Sets what a call to another service answers: a value, or an error. */
  answers: (service: string, answer: (path: string, body: unknown) => unknown) => void;
  token: (user: string, claims?: object) => Promise<string>;
  ask: (
    user: string,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ) => Promise<{ status: number; body: AnswerBody; headers: Record<string, unknown> }>;
  /** Adds a task and gives it. */
  add: (user: string, fields: object) => Promise<Task>;
  /** A second backend on the same database; `starts`: whether it is started (default) or only built. */
  another: (options?: Partial<BackendOptions>, starts?: boolean) => Promise<Backend>;
  close: () => Promise<void>;
}

/** Starts one. */
export async function startTestBackend(
  options: Partial<BackendOptions> = {},
): Promise<TestBackend> {
  const database = await createTestDatabase({ qualifiedNames: true });
  const log = createLogger({ service: 'test', level: 'silent' });
  await migrate({ url: database.url, schema: SCHEMA, migrations: backendMigrations(), log });
  const pool = createPool({ url: database.url, application: 'backend-test', log });
  const pair = await generateKeyPair('EdDSA', { extractable: true });
  const keys = createLocalJWKSet({
    keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'test', alg: 'EdDSA' }],
  });
  const published: TestBackend['published'] = [];
  const answers = new Map<string, (path: string, body: unknown) => unknown>();
  const sidecar: Sidecar = {
    publish: (topic, event) => {
      published.push({ topic, event });
      return Promise.resolve();
    },
    invoke: async (service, _method, path, body) => {
      const answer = answers.get(service);
      if (!answer) throw new SidecarError(`${service} is away`, 500, 'ERR_DIRECT_INVOKE');
      return await Promise.resolve(answer(path, body));
    },
    getState: () => Promise.resolve(undefined),
    saveState: () => Promise.resolve(),
    deleteState: () => Promise.resolve(),
    isReady: () => Promise.resolve(true),
    close: () => Promise.resolve(),
  };
  const build = (more: Partial<BackendOptions> = {}): Promise<Backend> =>
    buildBackend({
      pool,
      directUrl: database.url,
      sidecar,
      log,
      appApiToken: APP_API_TOKEN,
      auth: { keys, issuer: ISSUER, audience: 'todo' },
      auditEnabled: true,
      rateLimitPerMinute: 0,
      corsOrigins: ['https://app.example'],
      ...options,
      ...more,
    });
  const backend = await build();
  backend.start();
  const started = [backend];
  const token = (user: string, claims: object = {}): Promise<string> =>
    new SignJWT({
      email: `${user}@example.com`,
      role: 'user',
      zone: 'UTC',
      locale: 'en',
      ...claims,
    })
      .setProtectedHeader({ alg: 'EdDSA', kid: 'test' })
      .setSubject(user)
      .setIssuer(ISSUER)
      .setAudience((claims as { aud?: string }).aud ?? 'todo')
      .setExpirationTime('1h')
      .sign(pair.privateKey);
  const tokens = new Map<string, string>();
  const ask: TestBackend['ask'] = async (user, method, path, body, headers = {}) => {
    if (!tokens.has(user)) tokens.set(user, await token(user));
    const answer = await backend.app.inject({
      method: method as 'GET',
      url: path.startsWith('/api') ? path : `/api/v1${path}`,
      headers: {
        authorization: `Bearer ${tokens.get(user) ?? ''}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return {
      status: answer.statusCode,
      body: (answer.body === '' ? undefined : answer.json()) as AnswerBody,
      headers: answer.headers,
    };
  };
  return {
    backend,
    pool,
    url: database.url,
    published,
    answers: (service, answer) => void answers.set(service, answer),
    token,
    ask,
    add: async (user, fields) => {
      const answer = await ask(user, 'POST', '/tasks', fields);
      if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
      return answer.body;
    },
    another: async (more, starts = true) => {
      const second = await build(more);
      if (starts) second.start();
      started.push(second);
      return second;
    },
    close: async () => {
      await Promise.all(started.map((one) => one.close()));
      await pool.end();
      await database.drop();
    },
  };
}
