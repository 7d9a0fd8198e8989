// The public API as a client sees it: the only way the suite looks at a system. Requests are repeated while a part is
// being killed: with the same Idempotency-Key, so that a repeated POST is one change.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

const task = z.looseObject({
  id: z.string(),
  version: z.number(),
  title: z.string(),
  status: z.enum(['open', 'done']),
  dueAt: z.string().nullable(),
  seriesId: z.string().nullable(),
  occurrence: z.number(),
});
/** What the suite reads of a task; the rest passes. */
export type Task = z.infer<typeof task>;

const historyEntry = z.object({
  eventId: z.string(),
  source: z.string(),
  type: z.string(),
  version: z.number().nullish(),
});
/** What the suite reads of an entry of a task's history. */
export type HistoryEntry = z.infer<typeof historyEntry>;

const notification = z.object({
  id: z.string(),
  taskId: z.string().nullable(),
  kind: z.string(),
  text: z.string(),
});
/** What the suite reads of a notification. */
export type Notification = z.infer<typeof notification>;

const deadLetter = z.object({
  id: z.string(),
  service: z.string(),
  topic: z.string(),
  eventId: z.string(),
  status: z.enum(['waiting', 'replayed', 'discarded']),
  reason: z.string(),
});
/** What the suite reads of a dead letter. */
export type DeadLetter = z.infer<typeof deadLetter>;

const PAGE_SIZE = 100;
/** How long a request is repeated while nothing or a 5xx answers, ms. */
const REPEAT_FOR_MS = 60_000;
const REPEAT_EVERY_MS = 200;

/** Fields of a new task. */
export interface NewTask {
  title: string;
  due?: unknown;
  recurrence?: { rule: string; from?: 'due' | 'completion' };
  reminders?: ({ at: string } | { before: string })[];
}

/** The API for one account. */
export interface Api {
  create: (task: NewTask) => Promise<Task>;
  rename: (task: Task, title: string) => Promise<Task>;
  complete: (id: string) => Promise<Task>;
  /** Completes a task; a repeated request whose first answer got lost may find it done. */
  completeOnce: (id: string) => Promise<void>;
  get: (id: string) => Promise<Task>;
  /** Every task of the account, over all pages. */
  tasks: () => Promise<Task[]>;
  /** A task's history, oldest first as the API gives it. */
  history: (id: string) => Promise<HistoryEntry[]>;
  notifications: () => Promise<Notification[]>;
  deadLetters: (status?: DeadLetter['status']) => Promise<DeadLetter[]>;
  replay: (letter: DeadLetter) => Promise<number>;
  discard: (letter: DeadLetter) => Promise<number>;
  /** One request as it is, never repeated. */
  raw: (
    method: string,
    path: string,
    body?: string,
    headers?: Record<string, string>,
  ) => Promise<Response>;
  /** Opens the live stream; `until` reads on until `found` says so of all its text. @throws after `timeoutMs` */
  live: (
    timeoutMs: number,
  ) => Promise<{ until: (found: (text: string) => boolean) => Promise<string> }>;
  /** The account's id. */
  me: () => Promise<{ id: string }>;
}

/** The API of a system for one account. */
export function apiOf(baseUrl: string, token: string): Api {
  const raw: Api['raw'] = (method, path, body, headers = {}) =>
    fetch(`${baseUrl}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body }),
      signal: AbortSignal.timeout(30_000),
    });

  /** Repeats until something other than "not now" answers. */
  async function send(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<unknown> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const all = method === 'POST' ? { 'idempotency-key': randomUUID(), ...headers } : headers;
    const deadline = Date.now() + REPEAT_FOR_MS;
    for (;;) {
      let problem: string;
      try {
        const response = await raw(method, path, text, all);
        const answer = await response.text();
        if (response.ok) return answer === '' ? undefined : JSON.parse(answer);
        problem = `${method} ${path} answered ${response.status}: ${answer.slice(0, 500)}`;
        if (response.status < 500) throw new ApiError(problem);
      } catch (error) {
        if (error instanceof ApiError) throw error;
        problem = `${method} ${path}: ${String((error as Error).cause ?? error)}`;
      }
      if (Date.now() > deadline) throw new ApiError(problem);
      await sleep(REPEAT_EVERY_MS);
    }
  }

  async function pages<T>(path: string, item: z.ZodType<T>): Promise<T[]> {
    const page = z.object({ items: z.array(item), nextCursor: z.string().nullish() });
    const items: T[] = [];
    for (let cursor: string | null | undefined; ;) {
      const mark = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
      const joint = path.includes('?') ? '&' : '?';
      const next = page.parse(await send('GET', `${path}${joint}limit=${PAGE_SIZE}${mark}`));
      items.push(...next.items);
      cursor = next.nextCursor;
      if (!cursor) return items;
    }
  }

  const complete: Api['complete'] = async (id) =>
    task.parse(await send('POST', `/tasks/${id}/complete`));
  const get: Api['get'] = async (id) => task.parse(await send('GET', `/tasks/${id}`));
  const resolve = async (letter: DeadLetter, how: 'replay' | 'discard'): Promise<number> =>
    (await raw('POST', `/ops/dead-letters/${letter.id}/${how}?service=${letter.service}`)).status;

  return {
    create: async (fields) => task.parse(await send('POST', '/tasks', fields)),
    rename: async ({ id, version }, title) =>
      task.parse(await send('PATCH', `/tasks/${id}`, { title }, { 'if-match': `"${version}"` })),
    complete,
    completeOnce: async (id) => {
      try {
        await complete(id);
      } catch (error) {
        if ((await get(id)).status !== 'done') throw error;
      }
    },
    get,
    tasks: () => pages('/tasks?status=all', task),
    history: (id) => pages(`/tasks/${id}/history`, historyEntry),
    notifications: () => pages('/notifications', notification),
    deadLetters: (status) =>
      pages(`/ops/dead-letters${status ? `?status=${status}` : ''}`, deadLetter),
    replay: (letter) => resolve(letter, 'replay'),
    discard: (letter) => resolve(letter, 'discard'),
    raw,
    live: async (timeoutMs) => {
      const response = await fetch(`${baseUrl}/api/v1/live`, {
        headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' },
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (!response.ok || !response.body) throw new ApiError(`live: ${response.status}`);
      const chunks = response.body.pipeThrough(new TextDecoderStream());
      return {
        until: async (found) => {
          let text = '';
          for await (const chunk of chunks) {
            text += chunk;
            if (found(text)) return text;
          }
          throw new ApiError(`the live stream ended; it said: ${text}`);
        },
      };
    },
    me: async () => z.object({ id: z.string() }).parse(await send('GET', '/me')),
  };
}

/** The API answered with an error, or not at all. */
export class ApiError extends Error {
  override name = 'ApiError';
}
