// The chat over HTTP against a real backend and database. The state store is an object in this process that keeps versions as
// Dapr's does; state-store.test.ts holds the real one to the same contract.
import { SidecarError } from '@todo/runtime/sidecar';
import type { VersionedStates } from '@todo/runtime/sidecar';
import type {
  Card,
  ChatEvent,
  ChatMessage,
  Confirmation,
  Question,
} from '../../src/chat/conversation.ts';
import type { ChatEngine } from '../../src/chat/chat-engine.ts';
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';

/** A state store that can be switched off. */
export interface TestStates extends VersionedStates {
  down: boolean;
  readonly values: Map<string, { value: unknown; version: number }>;
  /** Runs before the next write, to let another writer in. */
  beforeWrite: (() => Promise<void>) | undefined;
}

/** An answer, as a client reads it. */
export interface Answer {
  readonly status: number;
  readonly events: ChatEvent[];
  readonly text: string;
  readonly cards: Card[];
  readonly question: Question | undefined;
  readonly confirmation: Confirmation | undefined;
  readonly notices: string[];
  readonly message: ChatMessage;
  readonly historyKept: boolean;
}

/** A chat for tests. */
export interface TestChat {
  readonly t: TestBackend;
  readonly states: TestStates;
  /** Wednesday 2027-05-19, 12:00 in Berlin, unless moved. */
  now: Date;
  say: (user: string, text: string) => Promise<Answer>;
  confirm: (user: string, id: string, answer: 'yes' | 'no') => Promise<Answer>;
  /** A person's tasks by title, as the API shows them: `title → due or status`. */
  titles: (user: string, query?: string) => Promise<string[]>;
  /** The headers of a person in Berlin. */
  headers: (user: string) => Promise<Record<string, string>>;
  close: () => Promise<void>;
}

/** Starts one. */
export async function startTestChat(model?: ChatEngine): Promise<TestChat> {
  const states = memoryStates();
  const chat = { now: new Date('2027-05-19T10:00:00Z') };
  const t = await startTestBackend({
    clock: () => chat.now,
    chat: { states, ...(model ? { model } : {}) },
  });
  const tokens = new Map<string, string>();
  const headers = async (user: string): Promise<Record<string, string>> => {
    const token =
      tokens.get(user) ?? (await t.token(user, { zone: 'Europe/Berlin', locale: 'en-GB' }));
    tokens.set(user, token);
    return { authorization: `Bearer ${token}` };
  };
  const post = async (user: string, url: string, body: object): Promise<Answer> => {
    const answer = await t.backend.app.inject({
      method: 'POST',
      url: `/api/v1${url}`,
      headers: { ...(await headers(user)), 'content-type': 'application/json' },
      payload: JSON.stringify(body),
    });
    return readAnswer(answer.statusCode, answer.body);
  };
  return Object.assign(chat, {
    t,
    states,
    headers,
    say: (user: string, text: string) => post(user, '/chat/messages', { text }),
    confirm: (user: string, id: string, answer: 'yes' | 'no') =>
      post(user, `/chat/confirmations/${id}`, { answer }),
    titles: async (user: string, query = 'status=open') => {
      const { body } = await t.ask(user, 'GET', `/tasks?${query}`, undefined, await headers(user));
      return body.items.map(({ title }) => title).sort();
    },
    close: () => t.close(),
  });
}

/** Reads a stream of server-sent events. */
export function readAnswer(status: number, body: string): Answer {
  const events = status === 200 ? body.split('\n\n').flatMap(readEvent) : [];
  const done = events.find((event) => event.type === 'done');
  return {
    status,
    events,
    text: events.map((event) => (event.type === 'text' ? event.delta : '')).join(''),
    cards: events.flatMap((event) => (event.type === 'card' ? [event.card] : [])),
    question: events.find((event) => event.type === 'question')?.question,
    confirmation: events.find((event) => event.type === 'confirmation')?.confirmation,
    notices: events.flatMap((event) => (event.type === 'notice' ? [event.notice.code] : [])),
    message: done?.message as ChatMessage,
    historyKept: done?.historyKept ?? false,
  };
}

function readEvent(text: string): ChatEvent[] {
  const data = /^data: (.*)$/m.exec(text)?.[1];
  return data === undefined ? [] : [JSON.parse(data) as ChatEvent];
}

/** A state store in this process. */
export function memoryStates(): TestStates {
  const values: TestStates['values'] = new Map();
  const states: TestStates = {
    down: false,
    values,
    beforeWrite: undefined,
    readVersioned: (key) => {
      if (states.down) return Promise.reject(new SidecarError('read state: no sidecar'));
      const found = values.get(key);
      return Promise.resolve(
        found && { value: structuredClone(found.value), etag: String(found.version) },
      );
    },
    writeVersioned: async (key, value, etag) => {
      if (states.down) throw new SidecarError('write state: no sidecar');
      const before = states.beforeWrite;
      states.beforeWrite = undefined;
      await before?.();
      const version = values.get(key)?.version;
      if (etag !== (version === undefined ? undefined : String(version))) return false;
      values.set(key, { value: structuredClone(value), version: (version ?? 0) + 1 });
      return true;
    },
    deleteState: (key) => {
      if (states.down) return Promise.reject(new SidecarError('delete state: no sidecar'));
      values.delete(key);
      return Promise.resolve();
    },
  };
  return states;
}
