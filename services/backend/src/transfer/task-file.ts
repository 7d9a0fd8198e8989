// A task as it stands in a file, between the formats (JSON, CSV, iCalendar) and the commands. Ids of a file name tasks within
// the file only: an import makes new tasks, under their parent if the file has it earlier. Lists are not carried over.
import { instant } from '@todo/contracts/task';
import { z } from 'zod';
import { newTask } from '../tasks/input.ts';

/** Tasks of one import. */
export const MAX_IMPORT = 2_000;

/** A task in a file; what an import does not know (version, series, …) is left out of it. */
export const fileTask = z.object({
  ...newTask.shape,
  id: z.string().max(200).optional(),
  parentId: z.string().max(200).nullable().default(null),
  status: z.enum(['open', 'done']).default('open'),
  completedAt: instant.nullable().default(null),
});
/** See {@link fileTask}. */
export type FileTask = z.output<typeof fileTask>;

/** Formats by their name in `?format=` and their media type. */
export const FORMATS = {
  json: 'application/json',
  csv: 'text/csv',
  ics: 'text/calendar',
} as const;
/** See {@link FORMATS}. */
export type Format = keyof typeof FORMATS;
