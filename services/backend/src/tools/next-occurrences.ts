// When a repeating task comes again: of a task that is there, or of a rule that is only considered.
import { dueInstant } from '@todo/contracts/due';
import { invalidInput } from '@todo/contracts/problem';
import {
  anchorOf,
  checkEnd,
  checkRule,
  positionOf,
  previewDues,
  RuleError,
} from '@todo/contracts/recurrence';
import type { SeriesPosition } from '@todo/contracts/recurrence';
import { storableText } from '@todo/contracts/task';
import type { Due, Task } from '@todo/contracts/task';
import { z } from 'zod';
import { localWords, nowView, viewNow } from './task-view.ts';
import { dueWords, toDue, toSpan } from './task-words.ts';
import { defineTool } from './tool.ts';
import type { ToolContext } from './tool.ts';

export const nextOccurrences = defineTool({
  name: 'next_occurrences',
  title: 'Preview when a task repeats',
  description:
    'The next due dates of a repeating task, if each one is completed on time. Give a task by its id, or a rule before you use it: {"repeat":"FREQ=MONTHLY","due":"2027-01-31"}. With completed: as if the first one is done then.',
  input: z.strictObject({
    id: z.uuid('expected the id of a task').optional(),
    repeat: storableText(500).optional().describe('RRULE, without id'),
    due: dueWords.optional().describe('The first due, with repeat: a day or a local time'),
    repeatFrom: z.enum(['due', 'completion']).optional().describe('With repeat; default due'),
    completed: dueWords.optional().describe('When the current one is done: a day or a time'),
    count: z.int().min(1).max(50).default(5),
  }),
  output: z.object({
    occurrences: z.array(
      z.object({
        due: z.string(),
        dueAt: z.string().describe('UTC'),
        dueLocal: z.string(),
      }),
    ),
    ends: z.boolean().describe('No occurrences follow these'),
    now: nowView,
  }),
  action: 'tools.read',
  effect: { readOnly: true, destructive: false, idempotent: true },
  run: async (context, { id, repeat, due, repeatFrom, completed, count }) => {
    if ((id === undefined) === (repeat === undefined))
      throw invalidInput([{ field: 'id', message: 'expected either id, or repeat and due' }]);
    if (id !== undefined && repeatFrom !== undefined)
      throw invalidInput([
        { field: 'repeatFrom', message: 'only allowed with repeat: a task has its own' },
      ]);
    const onTime =
      id === undefined
        ? considered(context, repeat ?? '', due, repeatFrom ?? 'due')
        : onTimePosition(context, await context.tasks.get(context, id));
    const position =
      completed === undefined
        ? onTime
        : { ...onTime, completedAt: toSpan(context, completed, 'completed').from };
    // one more than asked: whether the series ends there
    const dues = previewDues(position, count + 1);
    return {
      occurrences: dues.slice(0, count).map((one) => show(context, one)),
      ends: dues.length <= count,
      now: viewNow(context),
    };
  },
});

function onTimePosition(context: ToolContext, task: Task): SeriesPosition {
  const position = positionOf(task, context.zone);
  if (position === null)
    throw invalidInput([{ field: 'id', message: 'this task does not repeat' }]);
  return position;
}

function considered(
  context: ToolContext,
  rule: string,
  text: string | undefined,
  from: SeriesPosition['from'],
): SeriesPosition {
  if (text === undefined)
    throw invalidInput([{ field: 'due', message: 'expected the first due of the rule' }]);
  const due = toDue(context, text, undefined, 'due');
  try {
    checkRule(rule, anchorOf(due, context.zone), from);
    checkEnd(rule, due, context.zone);
    return {
      rule,
      from,
      due,
      zone: context.zone,
      completedAt: dueInstant(due, context.zone),
      occurrence: 1,
    };
  } catch (error) {
    if (error instanceof RuleError)
      throw invalidInput([{ field: 'repeat', message: error.message }]);
    if (error instanceof RangeError)
      throw invalidInput([{ field: 'due', message: `does not exist: ${error.message}` }]);
    throw error;
  }
}

function show(context: ToolContext, due: Due): { due: string; dueAt: string; dueLocal: string } {
  const at = dueInstant(due, context.zone);
  return {
    due: due.kind === 'date' ? due.date : due.kind === 'local' ? due.local : due.at,
    dueAt: at.toISOString(),
    dueLocal: localWords(at, context.zone, due.kind),
  };
}
