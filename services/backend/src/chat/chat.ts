// One turn of the chat, from a person's message to the stored answer. The order is what keeps people safe:
//
//   read what is remembered ── not reachable ──> answer all the same, and say that it is not kept
//   is a change waiting? ── yes ──> run exactly that ── no ──> drop it ── anything else ──> drop it, go on
//   the model answers, if there is one ── it fails ──> say so; the built-in engine answers, unless something was changed
//   keep both messages, and what "it", "the second one" and "undo" mean from now on
import { Problem } from '@todo/contracts/problem';
import type { Clock } from '@todo/runtime/clock';
import type { Pool } from '@todo/runtime/database';
import type { Logger } from '@todo/runtime/log';
import { measured } from '@todo/runtime/measurements';
import { isolated } from '@todo/contracts/text';
import type { VersionedStates } from '@todo/runtime/sidecar';
import { toProblem } from '@todo/runtime/server';
import { uuidv7 } from '@todo/runtime/uuid';
import type { TaskContext } from '../tasks/task-context.ts';
import { viewNow } from '../tools/task-view.ts';
import { problemText } from '../tools/tool.ts';
import type { ToolContext } from '../tools/tool.ts';
import { builtInEngine } from './built-in/built-in-engine.ts';
import { readCommand } from './built-in/command.ts';
import type { ChatEngine, Turn } from './chat-engine.ts';
import { ModelError } from './model-error.ts';
import { createConfirmations } from './confirmations.ts';
import type { Confirmations } from './confirmations.ts';
import { emptyConversation } from './conversation.ts';
import type { ChatEvent, ChatMessage, Memory } from './conversation.ts';
import { createConversationStore, withoutErased } from './conversation-store.ts';
import type { ConversationStore } from './conversation-store.ts';
import { createToolBox } from './tool-box.ts';
import type { ToolBox } from './tool-box.ts';

/** Hears what is said while it is made. */
export type Emit = (event: ChatEvent) => void;

/** What the chat needs from outside. */
export interface ChatOptions {
  /** Where conversations are kept. */
  readonly states: VersionedStates;
  /** Answers first; without it the built-in engine answers all. */
  readonly model?: ChatEngine | undefined;
}

/** The chat. */
export interface Chat {
  /** Answers a message. Errors are told in the stream. */
  say: (person: TaskContext, text: string, emit: Emit, signal: AbortSignal) => Promise<void>;
  /** Decides what a waiting call becomes. @throws Problem 404 or 409, before anything is emitted */
  confirm: (
    person: TaskContext,
    id: string,
    decision: 'yes' | 'no',
  ) => Promise<(emit: Emit) => Promise<void>>;
  /** What was said; `kept` is false when the store can't be reached. */
  history: (userId: string) => Promise<{ messages: ChatMessage[]; kept: boolean }>;
  /** Forgets everything that was said. @throws SidecarError */
  clear: (userId: string) => Promise<void>;
}

/** Makes the chat with its parts. */
export function chatOf(
  { states, model }: ChatOptions,
  parts: {
    pool: Pool;
    clock: Clock;
    toolContext: (context: TaskContext) => ToolContext;
    log: Logger;
  },
): Chat {
  const { pool, clock, toolContext, log } = parts;
  return createChat({
    toolContext,
    store: withoutErased(createConversationStore({ states, log }), pool),
    confirmations: createConfirmations({ pool, clock }),
    builtIn: builtInEngine(),
    model,
    log,
  });
}

/** Makes the chat. @param options `model` answers first, if there is one */
export function createChat(options: {
  toolContext: (context: TaskContext) => ToolContext;
  store: ConversationStore;
  confirmations: Confirmations;
  builtIn: ChatEngine;
  model?: ChatEngine | undefined;
  log: Logger;
}): Chat {
  const { store, confirmations, builtIn, model, log } = options;

  return {
    say: async (person, text, emit, signal) => {
      const answer = await begin(person, text, emit);
      await answer.during(async () => {
        const { kind } = readCommand(text);
        const waiting = await confirmations.newest(person.userId);
        if (waiting && (kind === 'yes' || kind === 'no')) {
          await decided(answer, await confirmations.decide(person.userId, waiting.id, kind), kind);
          return;
        }
        if (waiting) await confirmations.supersede(person.userId);
        await reply(answer, signal);
      });
    },
    confirm: async (person, id, decision) => {
      const waiting = await confirmations.decide(person.userId, id, decision);
      return async (emit) => {
        const answer = await begin(person, decision, emit);
        await answer.during(() => decided(answer, waiting, decision));
      };
    },
    history: async (userId) => {
      const found = await store.read(userId);
      return { messages: found?.messages ?? [], kept: found !== undefined };
    },
    clear: (userId) => store.clear(userId),
  };

  /** Reads what is remembered and opens the answer. */
  async function begin(person: TaskContext, text: string, emit: Emit): Promise<Answer> {
    const context = options.toolContext({ ...person, actor: { kind: 'chat', id: person.userId } });
    const now = (): string => context.clock().toISOString();
    const found = await store.read(person.userId);
    const { messages, memory } = found ?? emptyConversation();
    const said = message('user', now(), text);
    const made = message('assistant', now(), '');
    const tell = (event: ChatEvent): void => {
      record(made, event);
      emit(event);
    };
    emit({ type: 'started', messageId: made.id, at: made.at });
    if (!found)
      tell({
        type: 'notice',
        notice: {
          code: 'history-off',
          text: 'I cannot save this conversation right now. I do not know your earlier messages, and “it” and “undo” will not work.',
        },
      });
    const before = { pending: memory.pending, recent: memory.recent, offer: memory.offer };
    const tools = createToolBox({ context, memory, confirmations, emit: tell });
    let asked: string | null = null;
    const kept: Pick<Memory, 'recent' | 'offer'> & Partial<Memory> = { recent: null, offer: null };
    const turn = (signal: AbortSignal): Turn => ({
      text,
      context,
      history: messages,
      memory,
      tools,
      say: (delta) => {
        tell({ type: 'text', delta });
      },
      ask: (question, pending) => {
        asked = pending ?? null;
        tell({ type: 'question', question });
      },
      remember: (next) => {
        Object.assign(kept, next);
      },
      signal,
    });

    return {
      made,
      memory,
      tools,
      turn,
      tell,
      during: async (work) => {
        Object.assign(memory, before);
        let outcome: 'ok' | 'stopped' = 'ok';
        try {
          await work();
        } catch (error) {
          outcome = 'stopped';
          const problem = toProblem(error);
          if (problem.status >= 500) log.error({ err: error }, 'a chat turn stopped');
          tell({ type: 'notice', notice: { code: 'stopped', text: problem.message } });
        }
        measured('chat.answered', { engine: made.engine ?? 'built-in', outcome });
        Object.assign(memory, kept, { pending: asked });
        const stored = found ? await store.append(person.userId, [said, made], memory) : false;
        emit({ type: 'done', message: made, historyKept: stored, now: viewNow(context) });
      },
    };
  }

  async function reply(answer: Answer, signal: AbortSignal): Promise<void> {
    const turn = answer.turn(signal);
    // what was done is written down here, not in the model's words
    const ownWork = readCommand(turn.text).kind === 'undo';
    if (model && !ownWork) {
      try {
        answer.made.engine = 'model';
        await model.answer(turn);
        return;
      } catch (error) {
        if (!(error instanceof ModelError)) throw error;
        log.warn({ err: error.cause ?? error }, 'the model failed');
        const changed = answer.tools.changes() > 0 || answer.made.confirmation !== null;
        answer.tell({
          type: 'notice',
          notice: {
            code: 'model-failed',
            text: `The language model did not answer (${error.message}). ${
              changed
                ? 'Earlier changes are kept. Say “undo” to reverse the last one.'
                : 'I will answer with my built-in rules instead.'
            }`,
          },
        });
        // never twice: what the model began is not begun again
        if (changed) return;
        if (answer.made.text !== '') turn.say('\n\n');
      }
    }
    answer.made.engine = 'built-in';
    await builtIn.answer(turn);
  }

  async function decided(
    answer: Answer,
    waiting: Parameters<ToolBox['runConfirmed']>[0],
    decision: 'yes' | 'no',
  ): Promise<void> {
    const say = (delta: string): void => {
      answer.tell({ type: 'text', delta });
    };
    answer.made.engine = 'built-in';
    if (decision === 'no') {
      say('OK, I changed nothing.');
      return;
    }
    try {
      await answer.tools.runConfirmed(waiting);
      const results = answer.made.cards.flatMap((card) => card.results);
      const failed = results.filter(({ ok }) => !ok);
      const done =
        results.length === 0
          ? ''
          : ` ${results.length - failed.length} of ${results.length} tasks.`;
      say(`Done.${done} Say “undo” to reverse it.`);
      for (const { title, problem } of failed.slice(0, 5))
        say(`\nNot changed: ${title === null ? 'a task' : isolated(title)} — ${problem ?? ''}`);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      say(problemText(error));
    }
  }
}

interface Answer {
  readonly made: ChatMessage;
  readonly memory: Memory;
  readonly tools: ToolBox;
  readonly turn: (signal: AbortSignal) => Turn;
  readonly tell: Emit;
  /** Runs the work, tells what stops it, and keeps what was said. */
  readonly during: (work: () => Promise<void>) => Promise<void>;
}

function message(role: ChatMessage['role'], at: string, text: string): ChatMessage {
  return {
    id: uuidv7(),
    role,
    at,
    text,
    engine: null,
    cards: [],
    question: null,
    confirmation: null,
    notices: [],
  };
}

function record(made: ChatMessage, event: ChatEvent): void {
  switch (event.type) {
    case 'text':
      made.text += event.delta;
      return;
    case 'card':
      made.cards.push(event.card);
      return;
    case 'question':
      made.question = event.question;
      return;
    case 'confirmation':
      made.confirmation = event.confirmation;
      return;
    case 'notice':
      made.notices.push(event.notice);
      return;
    case 'started':
    case 'done':
  }
}
