// Everything a person has in one JSON file, read while it is written: the account from here, the rest from the backend's API.
import { Problem } from '@todo/contracts/problem';
import { config } from './config';
import { database } from './database';
import { tokenOfSession } from './session-token';

/** How long one part may take to begin, ms. */
const BEGIN_WITHIN_MS = 20_000;
const PAGE = 200;

/**
 * Opens the file.
 * @throws Problem 401 without a session, 503 when a part can't be read now: better no file than half of one
 */
export async function everythingOf(headers: Headers): Promise<ReadableStream<Uint8Array>> {
  const token = await tokenOfSession(headers);
  if (token === null) throw new Problem(401, 'not-signed-in', 'Not signed in. Sign in first.');
  const me = await json<{ id: string }>(token, '/me');
  const [account, tasks, history, tokens, lists, preferences, chat] = await Promise.all([
    accountOf(me.id),
    get(token, '/export?format=json'),
    config().AUDIT_ENABLED ? get(token, '/audit/export?format=ndjson') : null,
    json(token, '/tokens'),
    json(token, '/lists'),
    json(token, '/notifications/preferences'),
    json(token, '/chat/messages'),
  ]);
  async function* parts(): AsyncGenerator<string | Uint8Array, void> {
    yield `{"account":${JSON.stringify(account)}`;
    for (const [name, value] of Object.entries({ tokens, lists, preferences, chat }))
      yield `,"${name}":${JSON.stringify(value)}`;
    yield ',"tasks":';
    yield* bytesOf(tasks);
    yield ',"notifications":[';
    yield* notifications(token ?? '');
    yield '],"history":';
    yield* history === null ? ['null'] : linesAsArray(bytesOf(history));
    yield '}\n';
  }
  return streamOf(parts());
}

async function accountOf(userId: string): Promise<object> {
  const { pool } = database();
  const person = await pool.query<object>(
    `SELECT "id", "name", "email", "emailVerified", "twoFactorEnabled" AS "secondFactor", "zone", "locale", "createdAt", "updatedAt" FROM auth."user" WHERE "id" = $1`,
    [userId],
  );
  const signIns = await pool.query<object>(
    `SELECT "providerId", "createdAt" FROM auth.account WHERE "userId" = $1 ORDER BY "createdAt"`,
    [userId],
  );
  const sessions = await pool.query<object>(
    `SELECT "createdAt", "updatedAt", "expiresAt", "ipAddress", "userAgent" FROM auth.session WHERE "userId" = $1 ORDER BY "createdAt"`,
    [userId],
  );
  const passkeys = await pool.query<object>(
    `SELECT "name", "createdAt", "deviceType", "backedUp" FROM auth.passkey WHERE "userId" = $1 ORDER BY "createdAt"`,
    [userId],
  );
  return {
    ...person.rows[0],
    signIns: signIns.rows,
    passkeys: passkeys.rows,
    sessions: sessions.rows,
  };
}

async function get(token: string, path: string): Promise<Response> {
  const gone = new AbortController();
  const timer = setTimeout(() => {
    gone.abort();
  }, BEGIN_WITHIN_MS);
  try {
    const response = await fetch(`${config().BACKEND_URL}/api/v1${path}`, {
      headers: { authorization: `Bearer ${token}` },
      signal: gone.signal,
    });
    if (response.ok) return response;
    await response.body?.cancel();
    throw away(path, response.status);
  } catch (error) {
    throw error instanceof Problem ? error : away(path, error);
  } finally {
    clearTimeout(timer);
  }
}

function away(path: string, cause: unknown): Problem {
  return new Problem(
    503,
    'unavailable',
    `A part of your data could not be read (${path.split('?')[0] ?? ''}). Try again in a moment.`,
    { headers: { 'retry-after': '5' }, cause },
  );
}

async function json<T>(token: string, path: string): Promise<T> {
  return (await (await get(token, path)).json()) as T;
}

async function* notifications(token: string): AsyncGenerator<string> {
  let separator = '';
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: { items: unknown[]; nextCursor: string | null } = await json(
      token,
      `/notifications?limit=${PAGE}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    for (const item of page.items) {
      yield separator + JSON.stringify(item);
      separator = ',';
    }
    cursor = page.nextCursor;
  }
}

async function* bytesOf(response: Response): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  for (let read = await reader?.read(); read?.done === false; read = await reader?.read())
    yield read.value;
}

/** NDJSON as one JSON array. */
async function* linesAsArray(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  let separator = '[';
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines.filter((each) => each !== '')) {
      yield separator + line;
      separator = ',';
    }
  }
  if (rest !== '') {
    yield separator + rest;
    separator = ',';
  }
  yield separator === '[' ? '[]' : ']';
}

function streamOf(parts: AsyncGenerator<string | Uint8Array, void>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    pull: async (controller) => {
      const part: IteratorResult<string | Uint8Array, void> = await parts.next();
      if (part.done === true) controller.close();
      else
        controller.enqueue(
          typeof part.value === 'string' ? encoder.encode(part.value) : part.value,
        );
    },
    cancel: async () => {
      await parts.return(undefined);
    },
  });
}
