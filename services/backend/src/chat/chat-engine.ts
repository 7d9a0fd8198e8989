// What answers a person. There are two: one built in, which needs no network, and one that asks a language model. Both see a
// turn, and both can reach tasks by its tools only.
import type { Clock } from '@todo/runtime/clock';
import type { ToolContext } from '../tools/tool.ts';
import type { ChatMessage, Memory, Question } from './conversation.ts';
import type { ToolBox } from './tool-box.ts';

/** What a next message may go on from. */
export type FollowUps = Pick<Memory, 'asked' | 'order' | 'recent' | 'offer'>;

/** One message of a person, and what is needed to answer it. */
export interface Turn {
  /** What the person wrote. */
  readonly text: string;
  readonly context: ToolContext & { readonly clock: Clock };
  /** Earlier messages, oldest first; empty when they are not kept. */
  readonly history: readonly ChatMessage[];
  /** What words such as "it" refer to. */
  readonly memory: Readonly<Memory>;
  readonly tools: ToolBox;
  /** Appends text to the answer. */
  readonly say: (delta: string) => void;
  /** Asks back, with ready answers. `pending`: the command that lacks its task, `%` in its place. */
  readonly ask: (question: Question, pending?: string) => void;
  /** Sets what the next message may go on from. */
  readonly remember: (next: Partial<FollowUps>) => void;
  /** Aborted when the person is gone. */
  readonly signal: AbortSignal;
}

/** Answers turns. */
export interface ChatEngine {
  readonly name: 'built-in' | 'model';
  /** @throws what a tool throws, except Problem of a single call; a model's failure as ModelError */
  answer: (turn: Turn) => Promise<void>;
}
