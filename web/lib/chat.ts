// The assistant's answers as they come: a stream of events, gathered into the message that is shown.
import { createParser } from 'eventsource-parser';
import { problemOf, signInAgain } from './api';
import { newTrace } from './random-ids';
import { ApiError } from './api-error';

/** Without a byte for this long the stream is dead, in ms: the backend sends a comment every 15 s. */
const SILENCE_MS = 45_000;

/** A task on a card. */
export interface CardTask {
  id: string;
  title: string;
  status: 'open' | 'done';
  /** A date, or a time; the instant it means is `dueAt` (UTC). */
  due: string | null;
  dueAt: string | null;
  overdue: boolean;
}

/** What a tool did. */
export interface Card {
  tool: string;
  title: string;
  ok: boolean;
  readOnly: boolean;
  tasks: CardTask[];
  more: boolean;
  problem: string | null;
}

/** A change that waits for a yes. */
export interface Confirmation {
  id: string;
  text: string;
  tasks: { id: string; title: string }[];
  /** UTC. */
  expiresAt: string;
}

/** One message of the conversation. */
export interface ChatMessage {
  id: string;
  role: 'user' | 'assistant';
  /** UTC. */
  at: string;
  text: string;
  cards: Card[];
  question: { text: string; choices: { label: string; send: string }[] } | null;
  confirmation: Confirmation | null;
  notices: { code: string; text: string }[];
}

type ChatEvent =
  | { type: 'started'; messageId: string; at: string }
  | { type: 'text'; delta: string }
  | { type: 'card'; card: Card }
  | { type: 'question'; question: NonNullable<ChatMessage['question']> }
  | { type: 'confirmation'; confirmation: Confirmation }
  | { type: 'notice'; notice: ChatMessage['notices'][number] }
  | { type: 'done'; message: ChatMessage };

/** A message in which nothing was said yet. */
export function emptyMessage(role: ChatMessage['role'], id: string, text = ''): ChatMessage {
  return {
    id,
    role,
    at: new Date().toISOString(),
    text,
    cards: [],
    question: null,
    confirmation: null,
    notices: [],
  };
}

/** The message after one more event; `done` has the last word. */
export function withEvent(message: ChatMessage, event: ChatEvent): ChatMessage {
  switch (event.type) {
    case 'started':
      return { ...message, id: event.messageId, at: event.at };
    case 'text':
      return { ...message, text: message.text + event.delta };
    case 'card':
      return { ...message, cards: [...message.cards, event.card] };
    case 'question':
      return { ...message, question: event.question };
    case 'confirmation':
      return { ...message, confirmation: event.confirmation };
    case 'notice':
      return { ...message, notices: [...message.notices, event.notice] };
    case 'done':
      return event.message;
    default:
      return message; // an event of a newer backend
  }
}

/**
 * Says something, or answers a question, and reports the answer while it grows.
 * @param path below `/api/v1`
 * @returns the whole answer
 * @throws ApiError when it is refused, or when the stream ends before the answer does (`status` 0)
 */
export async function converse(
  path: string,
  body: object,
  onMessage: (message: ChatMessage) => void,
  signal: AbortSignal,
): Promise<ChatMessage> {
  const silence = new AbortController();
  const giveUp = () => {
    silence.abort();
  };
  let watch = setTimeout(giveUp, SILENCE_MS);
  const heard = () => {
    clearTimeout(watch);
    watch = setTimeout(giveUp, SILENCE_MS);
  };
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        traceparent: newTrace(),
      },
      body: JSON.stringify(body),
      signal: AbortSignal.any([signal, silence.signal]),
    });
  } catch (error) {
    clearTimeout(watch);
    if (signal.aborted) throw error;
    throw new ApiError(0, 'offline');
  }
  if (!response.ok || response.body === null) {
    clearTimeout(watch);
    const problem = await problemOf(response);
    if (response.status === 401) signInAgain(); // last: the message is kept before the page goes
    throw problem;
  }
  const answer = { message: emptyMessage('assistant', 'answer'), done: false };
  const parser = createParser({
    onEvent: ({ data }) => {
      const event = JSON.parse(data) as ChatEvent;
      answer.message = withEvent(answer.message, event);
      answer.done ||= event.type === 'done';
      onMessage(answer.message);
    },
  });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const chunk = await reader.read();
      if (chunk.done) break;
      heard();
      parser.feed(chunk.value);
    }
  } catch (error) {
    if (signal.aborted) throw error;
    throw new ApiError(0, 'offline');
  } finally {
    clearTimeout(watch);
  }
  if (!answer.done) throw new ApiError(0, 'offline');
  return answer.message;
}

/** A message's words beside its cards: the lines of a list that a card shows are not said again. */
export function wordsBesideCards({ text, cards }: Pick<ChatMessage, 'text' | 'cards'>): string {
  if (!cards.some(({ readOnly, tasks }) => readOnly && tasks.length > 0)) return text;
  return text
    .split('\n')
    .filter((line) => !/^(?:\d+\. |… and \d+ more)/.test(line))
    .join('\n');
}
