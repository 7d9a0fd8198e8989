// The system under test: where it is, how to get tokens for it, and what may be done to it.
//
//   E2E_BASE_URL       address of the web app or of the backend; without it the suite starts the system itself
//   E2E_TOKEN_COMMAND  shell command that prints a token for E2E_USER and E2E_ROLE (user or operator); without it people sign
//                      up through the web app
//   E2E_OPERATOR_EMAIL, E2E_OPERATOR_PASSWORD  an operator's account, when people sign up; without it what only operators
//                      may do is skipped
//   E2E_HOOKS          path of a module whose default export makes Hooks
import { exec } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Hooks } from './hooks.ts';

/** Who a token is for. */
export type Role = 'user' | 'operator';

/** An account nobody else uses. */
export interface Account {
  token: string;
  /** A new token from the session it signed up with; not there where tokens come without one. */
  renew?: () => Promise<string>;
  /** Deletes it, as its page does. */
  leave?: () => Promise<void>;
}

/** A system under test. */
export interface Target {
  /** In words. */
  name: string;
  baseUrl: string;
  /** A token of an account nobody else uses, or of the operator. Undefined if there is no operator to be had. */
  token: (role: Role) => Promise<string | undefined>;
  account: () => Promise<Account>;
  hooks: Hooks;
  /** Ends what the suite started. */
  stop: () => Promise<void>;
}

const PASSWORD = 'a quiet green harbour';

/** A name that no other account has. */
export function freshUser(): string {
  return `e2e-${randomBytes(6).toString('hex')}`;
}

/** The system that E2E_BASE_URL names, undefined if it is not set. */
export async function remoteTarget(env: NodeJS.ProcessEnv): Promise<Target | undefined> {
  const given = env['E2E_BASE_URL'];
  if (!given) return undefined;
  const baseUrl = z.url().parse(given).replace(/\/$/, '');
  const command = env['E2E_TOKEN_COMMAND'];
  return {
    name: baseUrl,
    baseUrl,
    token: command
      ? (role) => tokenByCommand(command, role, env)
      : (role) => tokenBySignUp(baseUrl, role, env),
    account: command
      ? async () => ({ token: await tokenByCommand(command, 'user', env) })
      : () => accountBySignUp(baseUrl),
    hooks: env['E2E_HOOKS'] ? await loadHooks(env['E2E_HOOKS']) : {},
    stop: () => Promise.resolve(),
  };
}

async function loadHooks(path: string): Promise<Hooks> {
  const module = (await import(pathToFileURL(resolve(path)).href)) as {
    default: () => Promise<Hooks>;
  };
  return await module.default();
}

async function tokenByCommand(
  command: string,
  role: Role,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const { stdout } = await promisify(exec)(command, {
    env: { ...env, E2E_USER: role === 'operator' ? 'e2e-operator' : freshUser(), E2E_ROLE: role },
  });
  const token = stdout.trim();
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token))
    throw new Error('E2E_TOKEN_COMMAND printed no token');
  return token;
}

/** Signs a new person up through the web app as its pages do. */
export async function accountBySignUp(baseUrl: string): Promise<Account> {
  const email = `${freshUser()}@example.com`;
  const details = { email, password: PASSWORD, name: 'E2E', zone: 'Europe/Berlin', locale: 'en' };
  const cookie = await cookieOf(await signUp(baseUrl, details));
  return {
    token: await tokenFromCookie(baseUrl, cookie),
    renew: () => tokenFromCookie(baseUrl, cookie),
    leave: async () => {
      const answer = await post(
        baseUrl,
        '/api/account/deletion',
        { password: PASSWORD },
        { cookie },
      );
      if (!answer.ok) throw new Error(`deleting an account: ${await answer.text()}`);
    },
  };
}

/** A token of a new person, or of the operator, who signs in or up through the web app. */
export async function tokenBySignUp(
  baseUrl: string,
  role: Role,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  if (role === 'user') return (await accountBySignUp(baseUrl)).token;
  const email = env['E2E_OPERATOR_EMAIL'];
  if (!email) return undefined;
  const password = env['E2E_OPERATOR_PASSWORD'] ?? PASSWORD;
  const signedIn = await post(baseUrl, '/api/auth/sign-in/email', { email, password });
  if (signedIn.ok) return await tokenFromSession(baseUrl, signedIn);
  const details = { email, password, name: 'Operator', zone: 'UTC', locale: 'en' };
  return await tokenFromSession(baseUrl, await signUp(baseUrl, details));
}

/** Makes an account and signs in: the answer to a sign-up has no session. */
async function signUp(
  baseUrl: string,
  details: { email: string; password: string; name: string; zone: string; locale: string },
): Promise<Response> {
  const made = await post(baseUrl, '/api/auth/sign-up/email', details);
  if (!made.ok) return made;
  const { email, password } = details;
  return await post(baseUrl, '/api/auth/sign-in/email', { email, password });
}

/** Sign-ups from one address are limited; the suite needs more, and waits as it is told to, this often at most. */
const LIMIT_WAITS = 3;

async function post(
  baseUrl: string,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  for (let waits = 0; ; waits++) {
    const response = await fetch(`${baseUrl}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        origin: new URL(baseUrl).origin,
        ...headers,
      },
      body: JSON.stringify(body),
    });
    if (response.status !== 429 || waits === LIMIT_WAITS) return response;
    await sleep(1_000 * (Number(response.headers.get('x-retry-after')) || 60) + 1_000);
  }
}

async function tokenFromSession(baseUrl: string, session: Response): Promise<string> {
  return await tokenFromCookie(baseUrl, await cookieOf(session));
}

async function cookieOf(session: Response): Promise<string> {
  if (!session.ok) {
    throw new Error(`${session.url} answered ${session.status}: ${await session.text()}`);
  }
  return session.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
}

async function tokenFromCookie(baseUrl: string, cookie: string): Promise<string> {
  const answer = await fetch(`${baseUrl}/api/auth/token`, { headers: { cookie } });
  return z.object({ token: z.string() }).parse(await answer.json()).token;
}
