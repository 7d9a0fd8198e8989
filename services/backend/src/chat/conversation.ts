// A person's conversation: what was said, and what later words such as "it", "the second one" or "undo" refer to. The zod
// schemas are the contract of the history and of the stream, and what is read back from the state store is checked by them.
import type { priority } from '@todo/contracts/task';
import { z } from 'zod';
import type { nowView } from '../tools/task-view.ts';
import { taskView } from '../tools/task-view.ts';

/** Messages that are kept; the oldest go first. */
export const MAX_MESSAGES = 200;
/** A stored conversation is never larger, characters of JSON; the oldest messages go first. */
export const MAX_CONVERSATION = 400_000;
/** Tasks that a card shows and that "the second one" can mean. */
export const MAX_SHOWN = 50;
/** Changes that can be undone, newest last. */
export const MAX_UNDO = 20;

/** A task on a card. */
export const cardTask = taskView.pick({
  id: true,
  version: true,
  title: true,
  status: true,
  priority: true,
  tags: true,
  list: true,
  due: true,
  dueZone: true,
  dueAt: true,
  dueLocal: true,
  overdue: true,
  repeat: true,
});

/** What a tool did, to show under the answer. */
export const card = z.object({
  /** The tool's name, such as `list_tasks`. */
  tool: z.string(),
  /** Its name for people. */
  title: z.string(),
  ok: z.boolean(),
  /** Changed nothing. */
  readOnly: z.boolean(),
  tasks: z.array(cardTask),
  /** There are more than these. */
  more: z.boolean(),
  /** Of a call for several tasks: what became of each. */
  results: z.array(
    z.object({
      id: z.string(),
      ok: z.boolean(),
      title: z.string().nullable(),
      problem: z.string().nullable(),
    }),
  ),
  /** Why it was not done. */
  problem: z.string().nullable(),
});
/** See {@link card}. */
export type Card = z.output<typeof card>;

/** A question with ready answers. */
export const question = z.object({
  text: z.string(),
  /** `send` is what to send as the next message. */
  choices: z.array(z.object({ label: z.string(), send: z.string() })),
});
/** See {@link question}. */
export type Question = z.output<typeof question>;

/** A change that waits for a yes. */
export const confirmation = z.object({
  id: z.uuid(),
  text: z.string(),
  tool: z.string(),
  /** The tasks it is about, by id; the same that it will be done to. */
  tasks: z.array(z.object({ id: z.string(), title: z.string() })),
  expiresAt: z.iso.datetime(),
});
/** See {@link confirmation}. */
export type Confirmation = z.output<typeof confirmation>;

/** Something about the answer itself: the history is not kept, the model failed. */
export const notice = z.object({
  code: z.enum(['history-off', 'model-failed', 'stopped']),
  text: z.string(),
});
/** See {@link notice}. */
export type Notice = z.output<typeof notice>;

/** One message. */
export const chatMessage = z.object({
  id: z.uuid(),
  role: z.enum(['user', 'assistant']),
  at: z.iso.datetime(),
  text: z.string(),
  /** Who answered: the built-in engine or a model. Null for a person's message. */
  engine: z.enum(['built-in', 'model']).nullable(),
  cards: z.array(card),
  question: question.nullable(),
  confirmation: confirmation.nullable(),
  notices: z.array(notice),
});
/** See {@link chatMessage}. */
export type ChatMessage = z.output<typeof chatMessage>;

/** A call that takes something back. */
const undoStep = z.object({
  /** What is undone, in words. */
  label: z.string(),
  calls: z.array(z.object({ tool: z.string(), input: z.record(z.string(), z.unknown()) })),
});
/** See {@link undoStep}. */
export type UndoStep = z.output<typeof undoStep>;

/** A task that words can refer to. */
const reference = z.object({ id: z.string(), title: z.string() });
/** See {@link reference}. */
export type Reference = z.output<typeof reference>;

/** An offer of the built-in engine. */
const offer = z.object({
  /** Messages that a yes stands for. */
  yes: z.array(z.string()),
  /** What was to be added, for "no, put it in Home". */
  what: z.string().optional(),
});

/** What words refer to. */
export const memory = z.object({
  /** The tasks that were talked of last: "it", "them". */
  focus: z.array(reference),
  /** The tasks that were listed last, in order: "the second one". */
  shown: z.array(reference),
  /** What a question was about: a command that lacks its task, with `%` in its place. */
  pending: z.string().nullable(),
  /** The last question, then what narrowed it or led on from it: "how many are due today", "and tomorrow". */
  asked: z
    .object({ words: z.array(z.string()), mode: z.enum(['show', 'count']) })
    .nullable()
    .default(null),
  /** The last order with `%` for its task: "move % to friday". */
  order: z.string().nullable().default(null),
  /** Which of both the last message was. */
  recent: z.enum(['question', 'order']).nullable().default(null),
  /** The built-in engine's own offer, for the next message only. */
  offer: offer.nullable().default(null),
  undo: z.array(undoStep),
});
/** See {@link memory}. */
export type Memory = z.output<typeof memory>;

/** A conversation as it is stored. */
export const conversation = z.object({
  format: z.literal(1),
  messages: z.array(chatMessage),
  memory,
});
/** See {@link conversation}. */
export type Conversation = z.output<typeof conversation>;

/** What is streamed while an answer is made. */
export type ChatEvent =
  | { readonly type: 'started'; readonly messageId: string; readonly at: string }
  | { readonly type: 'text'; readonly delta: string }
  | { readonly type: 'card'; readonly card: Card }
  | { readonly type: 'question'; readonly question: Question }
  | { readonly type: 'confirmation'; readonly confirmation: Confirmation }
  | { readonly type: 'notice'; readonly notice: Notice }
  | {
      readonly type: 'done';
      readonly message: ChatMessage;
      readonly historyKept: boolean;
      readonly now: z.output<typeof nowView>;
    };

/** A conversation in which nothing was said. */
export function emptyConversation(): Conversation {
  return {
    format: 1,
    messages: [],
    memory: {
      focus: [],
      shown: [],
      pending: null,
      asked: null,
      order: null,
      recent: null,
      offer: null,
      undo: [],
    },
  };
}

/** The newest messages that fit the bounds. */
export function bounded(messages: readonly ChatMessage[]): ChatMessage[] {
  const kept: ChatMessage[] = [];
  let size = 0;
  for (const message of messages.slice(-MAX_MESSAGES).reverse()) {
    size += JSON.stringify(message).length;
    if (size > MAX_CONVERSATION) break;
    kept.unshift(message);
  }
  return kept;
}

/** Priorities by the words for them. */
export const PRIORITY_WORDS: Readonly<Record<string, z.output<typeof priority>>> = {
  high: 'high',
  urgent: 'high',
  important: 'high',
  medium: 'medium',
  normal: 'none',
  low: 'low',
  no: 'none',
  none: 'none',
};
