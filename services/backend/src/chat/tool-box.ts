// The tools of one turn. Every engine's calls come through here, so that what holds for all stands in one place: each call is
// checked by the tool's schema, shows a card, is remembered for "it" and for "undo", and what must be asked first is only
// written down, with its exact ids, until the person says yes.
import { notFound, Problem } from '@todo/contracts/problem';
import { isolated } from '@todo/contracts/text';
import { taskView } from '../tools/task-view.ts';
import type { TaskView } from '../tools/task-view.ts';
import { viewTask } from '../tools/task-view.ts';
import { TOOLS } from '../tools/all-tools.ts';
import { callTool } from '../tools/tool.ts';
import type { AnyTool, ToolContext } from '../tools/tool.ts';
import { z } from 'zod';
import type { Confirmations, Waiting } from './confirmations.ts';
import { cardTask, MAX_SHOWN, MAX_UNDO } from './conversation.ts';
import type { Card, ChatEvent, Confirmation, Memory, Reference } from './conversation.ts';
import { undoOf } from './undo.ts';

/** A call's arguments. */
export type Input = Readonly<Record<string, unknown>>;

/** What the outputs of the tools have in common. */
const outputShape = z.object({
  task: taskView.optional(),
  tasks: z.array(taskView).optional(),
  nextCursor: z.string().nullable().optional(),
  results: z
    .array(
      z.object({
        id: z.string(),
        ok: z.boolean(),
        title: z.string().nullable(),
        problem: z.string().nullable(),
      }),
    )
    .optional(),
});

/** The tools of one turn. */
export interface ToolBox {
  /** Reads without showing anything. */
  look: (name: string, input: Input) => Promise<object>;
  /** Runs a call, shows its card and remembers it. @throws Problem */
  run: (name: string, input: Input) => Promise<object>;
  /** Shows tasks that were looked up and chosen here, as if the tool had given them. */
  show: (name: string, tasks: readonly TaskView[], more: boolean) => void;
  /** Writes a call down and asks; nothing is changed. */
  askFirst: (
    name: string,
    input: Input,
    text: string,
    tasks: readonly Reference[],
  ) => Promise<Confirmation>;
  /** Runs what was confirmed. @throws Problem */
  runConfirmed: (waiting: Waiting) => Promise<object>;
  /** Takes the last change back; undefined when there is none. */
  undo: () => Promise<string | undefined>;
  /** Sets what "it" refers to, when nothing was changed or shown. */
  focus: (tasks: readonly Reference[]) => void;
  /** Sets what "the second one" refers to. */
  shown: (tasks: readonly Reference[]) => void;
  /** Calls in this turn that changed something. */
  changes: () => number;
}

/** Makes the tools of a turn; `memory` is changed. */
export function createToolBox(options: {
  context: ToolContext;
  memory: Memory;
  confirmations: Confirmations;
  emit: (event: ChatEvent) => void;
}): ToolBox {
  const { context, memory, confirmations, emit } = options;
  let changes = 0;

  async function call(name: string, input: Input, mode: 'new' | 'undo'): Promise<object> {
    const tool = find(name);
    const before = tool.effect.readOnly ? [] : await tasksBefore(context, name, input);
    const output = await callTool(tool, context, input);
    const card = cardOf(tool, output, before);
    emit({ type: 'card', card });
    remember(tool, card);
    if (tool.effect.readOnly) return output;
    changes += 1;
    const step = mode === 'undo' ? undefined : undoOf(name, input, output, before);
    if (step) memory.undo = [...memory.undo, step].slice(-MAX_UNDO);
    return output;
  }

  function remember(tool: AnyTool, { tasks, results }: Card): void {
    const touched = tasks.map(toReference);
    for (const { id, ok, title } of results)
      if (ok && title !== null && !touched.some((task) => task.id === id))
        touched.push({ id, title });
    if (!tool.effect.readOnly) {
      memory.focus = touched.slice(0, MAX_SHOWN);
    } else if (tasks.length > 0) {
      memory.shown = touched;
      memory.focus = touched.length === 1 ? touched : [];
    }
  }

  return {
    look: async (name, input) => {
      const tool = find(name);
      if (!tool.effect.readOnly) throw new Error(`${name} changes something`);
      return await callTool(tool, context, input);
    },
    run: (name, input) => call(name, input, 'new'),
    show: (name, tasks, more) => {
      const tool = find(name);
      const card = cardOf(tool, { tasks, nextCursor: more ? '' : null }, []);
      emit({ type: 'card', card });
      remember(tool, card);
    },
    runConfirmed: ({ tool, input }) => call(tool, input, 'new'),
    askFirst: async (name, input, text, tasks) => {
      const waiting = await confirmations.add(context.userId, {
        tool: find(name).name,
        input,
        question: text,
      });
      const asked: Confirmation = {
        id: waiting.id,
        text,
        tool: name,
        tasks: tasks.map(({ id, title }) => ({ id, title })),
        expiresAt: waiting.expiresAt.toISOString(),
      };
      emit({ type: 'confirmation', confirmation: asked });
      return asked;
    },
    undo: async () => {
      const step = memory.undo.at(-1);
      if (!step) return undefined;
      memory.undo = memory.undo.slice(0, -1);
      const kept: string[] = [];
      for (const { tool, input } of step.calls) {
        const { nextOccurrence, task } = reopened.parse(await call(tool, input, 'undo'));
        if (nextOccurrence === 'kept' && task) kept.push(`“${isolated(task.title)}”`);
      }
      return kept.length === 0
        ? step.label
        : `${step.label}. The next occurrence of ${kept.join(', ')} was changed in the meantime, so it stays`;
    },
    focus: (tasks) => {
      memory.focus = tasks.map(({ id, title }) => ({ id, title }));
    },
    shown: (tasks) => {
      memory.shown = tasks.slice(0, MAX_SHOWN).map(({ id, title }) => ({ id, title }));
    },
    changes: () => changes,
  };
}

/** What an undone completion says of the next occurrence. */
const reopened = z.object({
  nextOccurrence: z.enum(['removed', 'kept']).nullish(),
  task: z.object({ title: z.string() }).optional(),
});

function find(name: string): AnyTool {
  const tool = TOOLS.find((one) => one.name === name);
  if (!tool) throw notFound('tool');
  return tool;
}

/** The tasks a call is about, as they are before it: for the card of a deletion and for undo. */
async function tasksBefore(context: ToolContext, name: string, input: Input): Promise<TaskView[]> {
  if (!/^(?:update|delete|complete|reopen|snooze)_tasks?$/.test(name)) return [];
  const ids = z
    .array(z.uuid())
    .max(100)
    .safeParse(input['ids'] ?? [input['id']]);
  if (!ids.success) return []; // the tool will say what is wrong
  const views = await Promise.all(
    ids.data.map(async (id) => {
      try {
        return await viewTask(context, await context.tasks.get(context, id));
      } catch (error) {
        if (!(error instanceof Problem && error.status === 404)) throw error;
        return undefined; // the call itself tells what is not there
      }
    }),
  );
  return views.filter((view) => view !== undefined);
}

function cardOf(tool: AnyTool, output: object, before: readonly TaskView[]): Card {
  const { task, tasks = [], nextCursor, results = [] } = outputShape.parse(output);
  const shown = task ? [task, ...tasks] : tasks;
  const titleOf = (id: string): string | null =>
    before.find((known) => known.id === id)?.title ?? null;
  const deleted =
    tool.name === 'delete_task'
      ? before.map(({ id, title }) => ({ id, ok: true, title, problem: null }))
      : [];
  return {
    tool: tool.name,
    title: tool.title,
    ok: true,
    readOnly: tool.effect.readOnly,
    tasks: shown.slice(0, MAX_SHOWN).map((view) => cardTask.parse(view)),
    more: nextCursor != null || shown.length > MAX_SHOWN,
    results: [
      ...deleted,
      ...results.map((result) => ({ ...result, title: result.title ?? titleOf(result.id) })),
    ],
    problem: null,
  };
}

function toReference({ id, title }: Reference): Reference {
  return { id, title };
}
