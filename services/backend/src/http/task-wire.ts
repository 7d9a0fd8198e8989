// The task in answers, for the API's description: the same as the contract's, as it goes out.
import { exception, priority, usual } from '@todo/contracts/task';
import { z } from 'zod';

const instant = z.iso.datetime();

/** A task in an answer. */
export const taskAnswer = z
  .object({
    id: z.uuid(),
    version: z.int().min(1),
    title: z.string(),
    notes: z.string(),
    status: z.enum(['open', 'done']),
    priority,
    tags: z.array(z.string()),
    listId: z.uuid().nullable(),
    parentId: z.uuid().nullable(),
    due: z
      .union([
        z.object({ kind: z.literal('instant'), at: instant }),
        z.object({ kind: z.literal('date'), date: z.iso.date() }),
        z.object({ kind: z.literal('local'), local: z.string(), zone: z.string() }),
      ])
      .nullable(),
    dueAt: instant.nullable(),
    recurrence: z
      .object({
        rule: z.string(),
        from: z.enum(['due', 'completion']),
        anchor: z.string().optional(),
        zone: z.string().optional(),
        lead: z.string().optional(),
      })
      .nullable(),
    reminders: z.array(
      z.union([
        z.object({ id: z.uuid(), at: instant }),
        z.object({ id: z.uuid(), before: z.string() }),
      ]),
    ),
    seriesId: z.uuid().nullable(),
    occurrence: z.int().min(1),
    usual: usual
      .optional()
      .describe('What the series has, where this occurrence alone was changed'),
    exceptions: z
      .array(exception)
      .optional()
      .describe(
        'Occurrences to come that a calendar left out (change: null) or changed; on: the start that the rule gives',
      ),
    completedAt: instant.nullable(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Task' });

/** What became of the next occurrence when a completed task of a series was opened again. */
const nextOccurrence = z
  .enum(['removed', 'kept'])
  .optional()
  .describe('Of reopen: the untouched next occurrence was removed, or one that was changed stays');

/** A task in the answer to a command that may open it again. */
export const reopenedAnswer = taskAnswer.extend({ nextOccurrence }).meta({ id: 'ChangedTask' });

/** The body of an error answer. */
export const problemAnswer = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    errors: z
      .array(
        z.object({
          field: z.string(),
          message: z.string(),
          start: z.int().optional(),
          end: z.int().optional(),
        }),
      )
      .optional(),
    traceId: z.string().optional(),
  })
  .meta({ id: 'Problem' });

/** A page of something. */
export function pageAnswer<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}

const problem = {
  description: 'What was wrong, and in which fields',
  content: { 'application/problem+json': { schema: problemAnswer } },
};

/** Errors that any authenticated route may answer. */
export const problems = { '4xx': problem, 503: problem };
