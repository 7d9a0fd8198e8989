// A tool is one thing a person can have done in words: by an MCP client's model or in the chat. It is the same domain function
// that REST calls, in a shape that a reader with nothing but the schema can use. Nothing here knows HTTP or MCP.
import type { Clock } from '@todo/runtime/clock';
import type { Problem } from '@todo/contracts/problem';
import { measured } from '@todo/runtime/measurements';
import { toProblem } from '@todo/runtime/server';
import type { z } from 'zod';
import type { Action } from '../authorization/rules.ts';
import type { SavedFilters } from '../filters/saved-filters.ts';
import type { Lists } from '../lists/lists.ts';
import type { Tasks } from '../tasks/commands.ts';
import type { TaskContext } from '../tasks/task-context.ts';
import { inArguments, readArguments } from './arguments.ts';

/** What a tool works with: for whom (`actor.kind` is `mcp` or `chat`), and the commands. */
export interface ToolContext extends TaskContext {
  readonly clock: Clock;
  readonly tasks: Tasks;
  readonly lists: Lists;
  readonly filters: SavedFilters;
}

/** What a caller may expect of a tool, before calling it. */
export interface ToolEffect {
  /** Changes nothing. */
  readonly readOnly: boolean;
  /** Takes something away (also when it can be brought back). */
  readonly destructive: boolean;
  /** The same call again changes nothing more. */
  readonly idempotent: boolean;
}

/** What calling a tool asks of a caller. */
export type ToolAction = Extract<Action, `tools.${string}`>;

/** One tool. */
export interface Tool<I extends z.ZodObject = z.ZodObject, O extends z.ZodObject = z.ZodObject> {
  /** Stable name, snake_case. */
  readonly name: string;
  /** Name for people. */
  readonly title: string;
  readonly description: string;
  readonly input: I;
  readonly output: O;
  readonly effect: ToolEffect;
  /** What it does, as the table of rules calls it. */
  readonly action: ToolAction;
  /** @throws Problem naming the field, or 404 for what is not the person's */
  readonly run: (context: ToolContext, input: z.output<I>) => Promise<z.output<O>>;
}

/** A tool whose types are not known: for a list of all. {@link callTool} checks what it is given. */
export type AnyTool = Omit<Tool, 'run'> & {
  readonly run: (context: ToolContext, input: never) => Promise<object>;
};

/** Keeps a tool's types. */
export function defineTool<I extends z.ZodObject, O extends z.ZodObject>(
  tool: Tool<I, O>,
): Tool<I, O> {
  return tool;
}

/** Checks the arguments and runs the tool. @throws Problem: 400 names each wrong argument and what was expected */
export async function callTool(
  tool: AnyTool,
  context: ToolContext,
  input: unknown,
): Promise<object> {
  const call = { via: context.actor.kind, tool: tool.name };
  try {
    const { read } = readArguments(tool.input, input);
    const output = await inArguments('', tool.run(context, read as never));
    measured('tool.called', { ...call, outcome: 'ok' });
    return output;
  } catch (error) {
    measured('tool.called', {
      ...call,
      outcome: toProblem(error).status < 500 ? 'refused' : 'failed',
    });
    throw error;
  }
}

/** A problem in words that a model can act on: what is wrong, with which field, what was expected. No stack, no SQL. */
export function problemText(problem: Problem): string {
  const fields = problem.fields.map(({ field, message }) => `${field}: ${message}`);
  return fields.length > 0
    ? `Nothing was changed. ${fields.join('; ')}`
    : `Nothing was changed. ${problem.message}`;
}
