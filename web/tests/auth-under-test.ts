// better-auth as the web server runs it, on a database of its own, with a mail server that keeps what it gets.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createLogger } from '@todo/runtime/log';
import { migrate, readMigrations } from '@todo/runtime/migrate';
import type {} from '@todo/testing/test-database';
import { createTestDatabase } from '@todo/testing/test-database-client';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { auth } from '@/server/auth';
import { database } from '@/server/database';
import { startMailServer, type MailServer, type ReceivedMail } from './mail-server';

/** The address people type, in these tests. */
export const SITE = 'http://localhost:5399';
/** A password that the rules take. */
export const PASSWORD = 'a quiet green harbour';

/** What arrived, the newest last. */
export const mails: ReceivedMail[] = [];

/** Prepares the process for one test file. @param settings environment of the web app, beside what every system needs */
export function authUnderTest(settings: Record<string, string> = {}, withMail = true): void {
  // Each password is hashed for a tenth of a second, or for seconds on a busy machine.
  vi.setConfig({ testTimeout: 120_000 });
  let drop = (): Promise<void> => Promise.resolve();
  let mailServer: MailServer | undefined;
  beforeAll(async () => {
    const db = await createTestDatabase({ qualifiedNames: true });
    drop = () => db.drop();
    mailServer = await startMailServer(mails);
    Object.assign(process.env, {
      DATABASE_URL: db.url,
      PUBLIC_URL: SITE,
      BACKEND_URL: 'http://127.0.0.1:1',
      BETTER_AUTH_SECRET: 'a-secret-of-tests-only-0123456789abcdef',
      LOG_LEVEL: 'fatal',
      ...(withMail && { SMTP_URL: mailServer.url }),
      ...settings,
    });
    const migrations = readMigrations(
      pathToFileURL(path.join(import.meta.dirname, '../migrations/')),
    );
    const log = createLogger({ service: 'web-test', level: 'fatal' });
    await migrate({ url: db.url, schema: 'auth', migrations, log });
  });
  afterAll(async () => {
    await database().pool.end();
    await mailServer?.close();
    await drop();
  });
}

/** An answer of better-auth's routes. */
export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  /** What a browser would send from now on. */
  readonly cookie: string;
  readonly location: string | null;
}

let clients = 0;

/** Calls a route as a page would; every call comes from another address, so that limits don't meet. */
export async function call(
  route: string,
  body?: unknown,
  more: { cookie?: string } = {},
): Promise<Answer> {
  clients += 1;
  const response = await auth().handler(
    new Request(route.startsWith('http') ? route : `${SITE}/api/auth${route}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        'content-type': 'application/json',
        origin: SITE,
        'x-forwarded-for': `10.0.${clients >> 8}.${clients & 255}`,
        ...(more.cookie === undefined ? {} : { cookie: more.cookie }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  );
  const text = await response.text();
  return {
    status: response.status,
    body: (text.startsWith('{') ? JSON.parse(text) : {}) as Record<string, unknown>,
    cookie: response.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; '),
    location: response.headers.get('location'),
  };
}

/** Signs somebody up. */
export async function signUp(email: string, more: Record<string, unknown> = {}): Promise<Answer> {
  return await call('/sign-up/email', { name: 'Mia', email, password: PASSWORD, ...more });
}

/** Signs somebody in. */
export async function signIn(email: string, password = PASSWORD): Promise<Answer> {
  return await call('/sign-in/email', { email, password });
}

/** The newest mail to an address, once there are this many. */
export async function mailTo(email: string, count = 1): Promise<ReceivedMail> {
  const found = () => mails.filter(({ to }) => to === email);
  await expect.poll(() => found().length).toBe(count);
  return found().at(-1)!;
}

/** The link in a mail. */
export function linkIn({ text }: ReceivedMail): string {
  return /https?:\/\/\S+/.exec(text.split(SITE + '.').join(''))![0];
}
