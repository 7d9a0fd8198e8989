// JSON of other programs, told by its shape: Taskwarrior's export, Google Tasks from Takeout, Super Productivity's backup,
// Vikunja's data.json, Things. They nest tasks in lists or name them by number, so a file is read as a whole; it may have some
// megabytes, where our own may have any size.
import { invalidInput, Problem } from '@todo/contracts/problem';
import type { ReadContext, Reader, StagedEntry } from '../entry.ts';
import type { Draft } from '../entry.ts';
import type { ForeignEntry } from './foreign-entry.ts';
import { fromGoogleTasks } from './google-tasks.ts';
import { fromSuperProductivity } from './super-productivity.ts';
import { fromTaskwarrior } from './taskwarrior.ts';
import { fromThings, isThings } from './things.ts';
import { fromVikunja } from './vikunja.ts';

/** Largest file of another program, in characters. */
const MAX_CHARACTERS = 32 * 1024 * 1024;

interface Format {
  readonly name: string;
  readonly is: (head: string) => boolean;
  readonly read: (value: unknown, context: ReadContext) => ForeignEntry[];
}

const FORMATS: readonly Format[] = [
  { name: 'things', is: isThings, read: fromThings },
  {
    name: 'google-tasks',
    is: (head) => /"kind"\s*:\s*"tasks#/.test(head),
    read: fromGoogleTasks,
  },
  {
    name: 'taskwarrior',
    is: (head) =>
      /^[[{]/.test(head) &&
      /"uuid"\s*:/.test(head) &&
      /"description"\s*:/.test(head) &&
      /"entry"\s*:/.test(head),
    read: fromTaskwarrior,
  },
  {
    name: 'super-productivity',
    is: (head) => /^(pf_|\{)/.test(head) && /"(task|project)"\s*:\s*\{\s*"ids"\s*:/.test(head),
    read: fromSuperProductivity,
  },
  {
    name: 'vikunja',
    is: (head) =>
      head.startsWith('[') && /"percent_done"\s*:|"due_date"\s*:|"hex_color"\s*:/.test(head),
    read: fromVikunja,
  },
];

/** The reader for another program's JSON, if it is one. @param head the file's first part, without a byte order mark */
export function foreignJson(head: string, context: ReadContext): Reader | undefined {
  const format = FORMATS.find((one) => one.is(head));
  if (!format) return undefined;
  return {
    format: format.name,
    hasWorldwideUids: true,
    entries: async function* (text) {
      const whole = await parseWhole(text);
      for (const { uid, parentUid, draft } of format.read(whole, context)) {
        const entry: StagedEntry = { uid, parentUid, content: draft };
        yield entry;
      }
    },
    finish: (entry) => entry.content as Draft,
    lists: () => [],
    remarks: () => [],
  };
}

async function parseWhole(text: AsyncIterable<string>): Promise<unknown> {
  const pieces: string[] = [];
  let length = 0;
  for await (const piece of text) {
    length += piece.length;
    if (length > MAX_CHARACTERS)
      throw new Problem(
        413,
        'too-large',
        `JSON of another program may have ${MAX_CHARACTERS / 1024 / 1024} MiB. Export one list or year at a time.`,
      );
    pieces.push(piece);
  }
  const whole = pieces.join('').replace(/^\uFEFF?\s*(pf_[\d.]+__)?/, '');
  try {
    return JSON.parse(whole) as unknown;
  } catch (error) {
    const lines = objectsOf(whole);
    if (lines !== undefined) return lines;
    throw invalidInput([
      { field: '(body)', message: `not valid JSON: ${(error as Error).message.slice(0, 200)}` },
    ]);
  }
}

/** One object a line, as Taskwarrior writes them with `json.array=0`; undefined for anything else. */
function objectsOf(text: string): unknown[] | undefined {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '');
  try {
    return lines.map((line) => JSON.parse(line.trim().replace(/,$/, '')) as unknown);
  } catch {
    return undefined;
  }
}
