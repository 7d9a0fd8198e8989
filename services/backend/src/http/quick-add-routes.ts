// Quick add over HTTP: what a line means (nothing is stored), and a task made of it.
import { due, priority, recurrence } from '@todo/contracts/task';
import type { Clock } from '@todo/runtime/clock';
import type { Server } from '@todo/runtime/server';
import { z } from 'zod';
import { callerOf, contextOf } from './authenticate.ts';
import type { Lists } from '../lists/lists.ts';
import { idempotencyKey } from './preconditions.ts';
import { problems, taskAnswer } from './task-wire.ts';
import type { Tasks } from '../tasks/commands.ts';
import type { Reach } from '../tasks/task-context.ts';
import { describeDue, describeRecurrence } from '../quick-add/describe.ts';
import { corrections, quickAddText, understand, withCorrections } from '../quick-add/understand.ts';
import type { QuickAddText, Understanding } from '../quick-add/understand.ts';

const tags = ['quick add'];

const understood = z
  .object({
    kind: z.enum(['due', 'recurrence', 'reminder', 'tag', 'priority', 'list', 'literal']),
    start: z.int(),
    end: z.int(),
    text: z.string(),
    meaning: z.string(),
    inTitle: z.boolean(),
    corrected: z
      .string()
      .optional()
      .describe('What a piece with a slip of the fingers in it was read as'),
  })
  .meta({ id: 'UnderstoodPiece' });

const reading = {
  understood: z.array(understood).readonly(),
  hints: z.array(z.string()).readonly(),
  unread: z
    .array(z.object({ start: z.int(), end: z.int(), text: z.string() }))
    .readonly()
    .describe('Words that look like a time or a priority, and stay in the title'),
  list: z.object({ id: z.uuid(), name: z.string() }).nullable(),
  typedAt: z.iso.datetime(),
  zone: z.string(),
};

const previewAnswer = z
  .object({
    ...reading,
    task: z.object({
      title: z.string(),
      notes: z.string(),
      priority,
      tags: z.array(z.string()),
      listId: z.uuid().nullable(),
      due: due.nullable(),
      recurrence: recurrence.nullable(),
      reminders: z.array(
        z.union([z.object({ at: z.iso.datetime() }), z.object({ before: z.string() })]),
      ),
    }),
    dueText: z.string().nullable(),
    recurrenceText: z.string().nullable(),
  })
  .meta({ id: 'QuickAddPreview' });

const createdAnswer = z.object({ ...reading, task: taskAnswer }).meta({ id: 'QuickAddCreated' });

/** Registers `/quick-add/preview` and `/quick-add`. */
export function registerQuickAddRoutes(
  app: Server,
  options: { tasks: Tasks; lists: Lists; clock: Clock },
): void {
  const { tasks, lists, clock } = options;

  app.post(
    '/quick-add/preview',
    {
      config: { action: 'tasks.change' },
      schema: {
        tags,
        summary: 'Parse a line and explain each piece; stores nothing',
        description:
          'To reject a piece of `understood`, send it in `ignore`: its words then stay in the title. `start` and `end` are UTF-16 offsets in `text`.',
        body: quickAddText,
        response: { 200: previewAnswer, ...problems },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const { zone, locale } = caller;
      const read = await readLine(caller, request.body, { zone, locale });
      const { due: when, recurrence: repeats } = read.task;
      return {
        ...read,
        zone,
        dueText: when && describeDue(when, { zone, locale }),
        recurrenceText: repeats && describeRecurrence(repeats),
      };
    },
  );

  app.post(
    '/quick-add',
    {
      config: { action: 'tasks.change' },
      schema: {
        tags,
        summary: 'Add a task from a line; `corrections` override the text',
        description:
          'With the `typedAt` of the preview, words such as "tomorrow" mean what the preview showed. Repeating the request with the same Idempotency-Key and body returns the same task.',
        body: z.strictObject({
          ...quickAddText.shape,
          corrections: corrections.default({}),
        }),
        response: { 201: createdAnswer, ...problems },
      },
    },
    async (request, reply) => {
      const context = contextOf(request);
      const { corrections: given, ...line } = request.body;
      const read = await readLine(context, line, context);
      const input = withCorrections(read, given);
      // the request is what a repetition is compared by: "in 2 hours" is another instant a minute later
      const task = await tasks.create(context, input, idempotencyKey(request), request.body);
      return reply
        .status(201)
        .header('location', `/api/v1/tasks/${task.id}`)
        .header('etag', `"${task.version}"`)
        .send({ ...read, task, zone: context.zone });
    },
  );

  async function readLine(
    reach: Reach,
    line: QuickAddText,
    person: { zone: string; locale: string },
  ): Promise<Understanding> {
    const { zone, locale } = person;
    return understand(line, { now: clock(), zone, locale }, await lists.all(reach));
  }
}
